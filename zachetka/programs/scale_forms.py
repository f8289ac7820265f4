"""The page on which the next edition of a scale is typed: its values, its first day, its act (п. 2.3)."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.forms.formsets import formset_factory

from zachetka.core.canonical import canonical
from zachetka.core.hashing import sha256
from zachetka.programs.forms import ActForm, Rows
from zachetka.programs.models import ScaleVersion
from zachetka.programs.scale_rules import HUNDRED, GradeDraft, Shape, best_first, drafts_of, fault_of
from zachetka.rendering.fields import Line, Whole

MOST_GRADES: Final = 12


class GradeForm(forms.Form):
    """A value of a scale; a scale that counts no points, or converts none, has no such fields."""

    named = "symbol"

    symbol = Line(label="Знак", max_length=4)
    label = Line(label="Прописью", max_length=40)
    least = Whole(label="Из ста баллов, от", least=0, most=HUNDRED, required=False)
    points = Whole(label="В средний балл", least=0, most=HUNDRED, required=False)
    passes = forms.BooleanField(label="Засчитывается", required=False)

    def __init__(self, *args: Any, shape: Shape, **given: Any) -> None:
        super().__init__(*args, **given)
        for name, is_there in (("least", shape.converts), ("points", shape.counts)):
            if not is_there:
                del self.fields[name]

    def draft(self) -> GradeDraft:
        """Return the value."""
        typed = self.cleaned_data
        return GradeDraft(typed["symbol"], typed["label"], typed["passes"], typed.get("points"), typed.get("least"))


class _Grades(Rows):
    too_many = f"В шкале не больше {MOST_GRADES} значений."


GradeRows = formset_factory(
    GradeForm, formset=_Grades, extra=2, can_delete=True, max_num=MOST_GRADES, validate_max=True,
    absolute_max=MOST_GRADES + 2,
)  # fmt: skip


class ScalePage:
    """What was typed of the edition that is to follow `newest`, and what of it has been looked at."""

    def __init__(self, newest: ScaleVersion, posted: Any = None) -> None:
        self.shape = newest.shape()
        self.seen = posted.get("seen", "")[:64] if posted is not None else ""
        self.head = ActForm(posted)
        self.grades: Any = GradeRows(
            data=posted,
            prefix="g",
            form_kwargs={"shape": self.shape},
            initial=[draft._asdict() for draft in drafts_of(newest.values())],
        )

    def is_valid(self) -> bool:
        """True when every part is well shaped and the values make a scale; errors stand at their fields."""
        if not all([self.head.is_valid(), self.grades.is_valid()]):
            return False
        if fault := fault_of(self.drafts(), self.shape):
            form = self._kept()[fault.row] if self.drafts() else self.grades.forms[0]
            form.add_error(fault.field, fault.sentence)
            return False
        return True

    def drafts(self) -> list[GradeDraft]:
        """Return the values, the best first."""
        return [form.draft() for form in self._kept()]

    def _kept(self) -> list[GradeForm]:
        return sorted((form for _, form in self.grades.kept()), key=lambda form: best_first(form.draft()))

    @property
    def seal(self) -> str:
        """64 hexadecimal digits of what is typed: what was looked at is entered, and nothing else."""
        said = self.head.cleaned_data
        drafts = [[*draft] for draft in self.drafts()]
        return sha256(canonical({"since": said["since"].isoformat(), "basis": said["basis"], "grades": drafts})).hex()
