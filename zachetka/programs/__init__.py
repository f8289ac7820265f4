"""Programmes with versions, modules, hours, planned results and dated grading scales (п. 1.3, 2.3)."""
