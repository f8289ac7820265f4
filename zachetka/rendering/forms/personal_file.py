"""Leaves of a personal file on paper: inventory, card, extracts; one look for all of them (п. 2.5, 3.8)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from zachetka.rendering.forms import FORMS
from zachetka.rendering.forms.mentions import ABSENT, Signer

if TYPE_CHECKING:
    from zachetka.rendering.forms import Form

FORM: Final[Form] = FORMS["personal_file"]


@dataclass(frozen=True, slots=True)
class Table:
    """A ruled table of a leaf. `widths` are millimetres, 0 for what is left of the line."""

    title: str
    heads: tuple[str, ...]
    widths: tuple[int, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Leaf:
    """Everything a leaf prints.

    Attributes:
        number: of the personal file, equal to that of the record book.
        holder_short: surname and initials, for the head of later pages.
        closing: the record under the tables, in words.
        signers: who signs with a pen.
    """

    organization: tuple[str, ...]
    organization_short: str
    number: str
    holder_short: str
    title: str
    subtitle: str = ""
    facts: tuple[tuple[str, str], ...] = ()
    paragraphs: tuple[str, ...] = ()
    tables: tuple[Table, ...] = ()
    closing: tuple[str, ...] = ()
    signers: tuple[Signer, ...] = ()


def printed(leaf: Leaf) -> dict[str, Any]:
    """Return the words of the leaf, ready for `Press.render`; an empty cell has a dash, a table without rows is left out."""
    return {
        "organization": list(leaf.organization),
        "organization_short": leaf.organization_short,
        "number": leaf.number,
        "holder_short": leaf.holder_short,
        "title": leaf.title,
        "subtitle": leaf.subtitle or None,
        "facts": [[label, value or ABSENT] for label, value in leaf.facts],
        "paragraphs": list(leaf.paragraphs),
        "tables": [
            {
                "title": table.title,
                "heads": list(table.heads),
                "widths": list(table.widths),
                "rows": [[cell or ABSENT for cell in row] for row in table.rows],
            }
            for table in leaf.tables
            if table.rows
        ],
        "closing": list(leaf.closing),
        "signers": [
            {
                "position": one.titled,
                "name": one.name.signed,
            }
            for one in leaf.signers
        ],
    }
