"""What a person said about the columns of an upload, as JSON and back (п. 2.1).

{"Лист1": {"taken": true, "header_row": 4, "columns": {"0": "last_name", "5": ""}, "level": "higher"}}
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from zachetka.people.intake.columns import Field
from zachetka.people.intake.header import Correction


def unpacked(kept: Mapping[str, Any]) -> dict[str, Correction]:
    """Return the corrections by sheet."""
    return {
        sheet: Correction(
            taken=told.get("taken", True),
            header_row=told.get("header_row"),
            fields={int(place): Field(kind) if kind else None for place, kind in told.get("columns", {}).items()},
            level=told.get("level", ""),
        )
        for sheet, told in kept.items()
    }


def packed(corrections: Mapping[str, Correction]) -> dict[str, Any]:
    """Return the form in which an upload keeps them."""
    return {
        sheet: {
            "taken": told.taken,
            "header_row": told.header_row,
            "columns": {str(place): kind.value if kind else "" for place, kind in told.fields.items()},
            "level": told.level,
        }
        for sheet, told in corrections.items()
    }
