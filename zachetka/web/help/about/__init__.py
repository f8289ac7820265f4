"""Which section of the guide is about which page: tables from the name of an address to tasks of the guide, by room (п. 2.4).

A page that several roles open in different ways names a task of each; a person gets the one of a role that they hold.
Addresses that only write or hand out a file stand here too: their refusals are pages.
"""

from typing import Final

from zachetka.web.help.about import destruction, everywhere, learning, people

ABOUT: Final[dict[str, tuple[str, ...]]] = everywhere.ABOUT | people.ABOUT | learning.ABOUT | destruction.ABOUT
"""Name of an address → «file#heading» of each role that has its own way on that page."""

PARTS: Final[dict[str, dict[str, tuple[str, ...]]]] = {"learning:record-book-section": learning.PARTS}
"""Name of an address with parts → part → tasks about it alone, asked before the page as a whole."""
