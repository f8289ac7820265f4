"""The face of the system: base templates, navigation, home pages, refusals, the design system (п. 2.4)."""
