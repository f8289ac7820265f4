"""The marks of one cell of a record book, with everything that they took the place of (п. 2.1)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property

from zachetka.core.clock import legal_date
from zachetka.learning.models import Carried, Mark, MarkSheet
from zachetka.learning.queries.record_events import Seal
from zachetka.learning.rules import Set, lapsed_on
from zachetka.programs.models import Grade
from zachetka.rendering.forms.mentions import Name


@dataclass(frozen=True, slots=True)
class Written:
    """A mark as the history of a line tells it.

    Attributes:
        words: the grade in words as it was set, «снята» for a mark that took one back.
        teacher: their name on the day of the control.
        entered_by: how the account that wrote it is signed.
        confirmed_by: likewise of the second person, "" when there was none.
        reopened_by: likewise of whoever had opened the closed sheet again, "" when nobody had.
        until: when it was superseded, None while it held at the moment shown.
        is_retyped: superseded while the sheet was open, by whoever fills it.
        can_be_corrected: whoever reads may propose a correction of it now.
        is_awaited: a correction of it waits for the second person.
        is_damaged: the row is not what its event committed to.
        carried: by which row it counts in this book, while it stands in an earlier one; None of its own.
        counted: the grade of the scale of this plan that it counts as; None in the same scale (п. 2.3).
    """

    mark: Mark
    words: str
    teacher: Name
    entered_by: str
    confirmed_by: str
    reopened_by: str
    until: datetime | None
    is_retyped: bool
    seal: Seal | None
    can_be_corrected: bool
    is_awaited: bool
    is_damaged: bool
    carried: Carried | None = None
    counted: Grade | None = None

    @property
    def grade(self) -> Grade | None:
        """What it counts as; None of another scale whose edition does not know it."""
        is_of_another_scale = self.carried is not None and self.carried.edition_id is not None
        return self.counted if is_of_another_scale else self.mark.grade

    @property
    def counts_as(self) -> str:
        """The grade that counts, in words, when it is of another scale than the mark; "" otherwise."""
        return self.counted.label if self.counted else ""

    @property
    def is_correction(self) -> bool:
        """Written after the sheet was closed: by two people, or when it was open again; with a reason and a basis (п. 2.1)."""
        return self.mark.confirmed_by_id is not None or self.mark.reopening_id is not None


@dataclass(frozen=True)
class Attempt:
    """One sheet of a module: the mark that held at the moment shown and everything it took the place of.

    Attributes:
        marks: newest first, as known at the moment shown.
        is_closed: the sheet was closed by then, and not open again; until then the mark may still be typed anew.
        is_left: the learner had left the group of the sheet by then: nobody types their marks anew, closed or not.
    """

    sheet: MarkSheet
    marks: tuple[Written, ...]
    is_closed: bool
    is_left: bool = False

    @property
    def is_settled(self) -> bool:
        """The mark is typed no more: a correction alone changes it."""
        return self.is_closed or self.is_left

    @cached_property
    def lapsed_on(self) -> date | None:
        """Day on which a correction took from the mark that it passed; None of any other (273-ФЗ ст. 58 ч. 2)."""
        return lapsed_on(
            Set(bool(one.grade and one.grade.is_passing), one.is_correction, legal_date(one.mark.recorded_at))
            for one in self.marks
        )

    @cached_property
    def current(self) -> Written | None:
        """The mark that held; None for an empty cell."""
        return self.marks[0] if self.marks and self.marks[0].grade else None

    @cached_property
    def is_corrected(self) -> bool:
        """The mark that held was a correction."""
        return self.current is not None and self.current.is_correction
