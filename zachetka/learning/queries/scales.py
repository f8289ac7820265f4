"""Which grades a sheet may hold (п. 2.3)."""

from __future__ import annotations

from typing import Final

from zachetka.learning.models import MarkSheet
from zachetka.programs.models import Grade

_GRADES: Final = """
SELECT g.* FROM programs_grade g
WHERE g.version_id = (
    SELECT v.id FROM programs_scaleversion v JOIN programs_module m ON m.scale_id = v.scale_id
    WHERE m.id = %(module)s AND v.valid_from <= %(day)s AND (v.valid_to IS NULL OR v.valid_to >= %(day)s)
    ORDER BY v.valid_from DESC LIMIT 1
)
ORDER BY g.ordinal
"""


def grades_of(sheet: MarkSheet) -> list[Grade]:
    """Return the grades of the scale edition in force on the day of the control, in their order; one query."""
    return list(Grade.objects.raw(_GRADES, {"module": sheet.module_id, "day": sheet.held_on}))
