"""The shape of what is typed for an individual study plan (273-ФЗ ст. 34 ч. 1 п. 3)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import uuid4

from django import forms

from zachetka.core.errors import RuleViolation
from zachetka.learning.actions.study_plans import PlanSaid, Taken
from zachetka.learning.models import Enrolment, Order
from zachetka.learning.plan_rules import Planned, Terms, Way, flaws, hours_kept, hours_taken
from zachetka.learning.queries.study_plans import planned_of, terms_of
from zachetka.rendering.fields import Choices, Day, Line, RequestKey, error_of
from zachetka.rendering.meanwhile import SharedForm

WAYS: Final = (
    (Way.GROUP, "с группой"),
    (Way.APART, "отдельно, до дня"),
    (Way.CREDITED, "зачтено ранее"),
    (Way.NEEDS, "не изучает"),
)
BASIS: Final = "заявление слушателя"


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the page: fixed where a mark or an appointed day fixes it, else with its three fields."""

    planned: Planned
    fixed: str
    way: forms.BoundField | None = None
    held_by: forms.BoundField | None = None
    basis: forms.BoundField | None = None


class StudyPlanForm(SharedForm):
    """Term, paper, and for each module of the programme how the learner takes it."""

    request_key = RequestKey()
    seen = forms.CharField(max_length=20, required=False, widget=forms.HiddenInput)
    effective_on = Day(label="Действует с")
    ends_on = Day(label="Окончание обучения")
    paper = Line(label="Документ-основание", max_length=255, help_text="Заявление слушателя: номер, дата")

    def __init__(
        self,
        typed: Any,
        *,
        enrolment: Enrolment,
        today: date,
        order: Order | None = None,
        said: PlanSaid | None = None,
        seen: str = "",
    ) -> None:
        self.enrolment, self.today = enrolment, today
        own = {key: (one.way, one.held_by, one.basis) for key, one in said.own.items()} if said else None
        self.planned = planned_of(enrolment, own)
        before = enrolment.study_plan
        super().__init__(
            typed,
            initial={
                "request_key": order.request_key if order else uuid4(),
                "seen": seen,
                "effective_on": order.effective_on if order else max(today, enrolment.started_on),
                "ends_on": said.ends_on if said else (before.ends_on if before else enrolment.cohort.ends_on),
                "paper": order.basis if order else BASIS,
            },
        )
        for line in self.planned:
            if not _fixed(line):
                self._add(line)
        self.shared = tuple(name for name in self.fields if name not in {"request_key", "seen"})  # type: ignore[misc]

    def _add(self, line: Planned) -> None:
        ways = WAYS[:2] if line.is_final else WAYS
        fields: dict[str, forms.Field] = {
            "way": forms.ChoiceField(
                label=f"Как осваивает: {line.title}", choices=[(way.value, label) for way, label in ways],
                widget=Choices, initial=line.way.value,
            ),
            "held_by": Day(label=f"Сдать до: {line.title}", required=False, initial=line.held_by),
            "basis": Line(label=f"Документ: {line.title}", max_length=200, required=False, initial=line.basis),
        }  # fmt: skip
        for name, field in fields.items():
            field.widget.attrs["aria-label"] = field.label or ""
            self.fields[f"{name}_{line.key}"] = field

    def clean(self) -> dict[str, Any]:
        """Say at each field what speaks against the plan; the action judges again (273-ФЗ ст. 34 ч. 1 п. 3)."""
        given = super().clean() or {}
        if {"effective_on", "ends_on"} <= given.keys():
            own = {key: (one.way, one.held_by, one.basis) for key, one in self._own(given).items()}
            self.planned = planned_of(self.enrolment, own)
            for flaw in flaws(self.planned, self._terms(given)):
                field = f"{flaw.field}_{flaw.key}" if flaw.key is not None else flaw.field
                shown = field if field in self.fields else None
                if shown is None or shown not in self.errors:
                    self.add_error(shown, error_of(RuleViolation(flaw.clause, flaw.said if shown else flaw.sentence)))
        return given

    def overtaken_by(self, order: Order, said: PlanSaid | None, *, seen: str, who: str) -> None:
        """Show what `who` has written into the draft meanwhile (security.md N16)."""
        given: dict[str, Any] = {"enrolment": self.enrolment, "today": self.today}
        fresh = StudyPlanForm(None, order=order, said=said, **given)
        shared = [name for name in self.shared if name in fresh.fields]
        self.overtake(
            {name: fresh.get_initial_for_field(fresh.fields[name], name) for name in shared}, seen=seen, who=who
        )
        judged = StudyPlanForm(self.data, **given)
        judged.full_clean()
        self.planned = judged.planned

    def said(self) -> PlanSaid:
        """Return the plan as the action takes it."""
        return PlanSaid(self.cleaned_data["ends_on"], self._own(self.cleaned_data))

    def _own(self, given: Mapping[str, Any]) -> dict[int, Taken]:
        found = {}
        for line in self.planned:
            if _fixed(line):
                way, held_by, basis = line.before, line.before_by, line.before_basis
            else:
                way = Way(given.get(f"way_{line.key}") or Way.GROUP)
                held_by = given.get(f"held_by_{line.key}") if way is Way.APART else None
                basis = given.get(f"basis_{line.key}", "") if way.is_out else ""
            if way is not Way.GROUP:
                found[line.key] = Taken(way, held_by, basis)
        return found

    def _terms(self, given: Mapping[str, Any]) -> Terms:
        return terms_of(self.enrolment, first=given["effective_on"], ends_on=given["ends_on"], today=self.today)

    @property
    def rows(self) -> list[Row]:
        """Return each line of the programme with its fields."""
        return [
            Row(line, fixed)
            if (fixed := _fixed(line))
            else Row(line, "", *(self[f"{name}_{line.key}"] for name in ("way", "held_by", "basis")))
            for line in self.planned
        ]

    @property
    def taken(self) -> int:
        """Hours that the learner takes."""
        return hours_taken(self.planned)

    @property
    def kept(self) -> int:
        """Hours that count against the minimum: those taken and those credited."""
        return hours_kept(self.planned)


def _fixed(line: Planned) -> str:
    """Return why a line cannot be taken otherwise; "" when it can (273-ФЗ ст. 58)."""
    if line.has_mark:
        return "оценка уже есть"
    if line.appointed_on is not None:
        return f"сдача назначена на {line.appointed_on:%d.%m.%Y}"
    return ""
