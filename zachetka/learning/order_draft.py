"""The page on which an order is drafted: what was typed, who is named, who cannot be and why (273-ФЗ ст. 53, 59, 61)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any, Self
from uuid import uuid4

from django.core.exceptions import ValidationError

from zachetka.access.guard import ActorRequest
from zachetka.core.clock import legal_date, now
from zachetka.learning.actions.orders import MOST_PEOPLE
from zachetka.learning.forms.orders import OrderForm, keys_of, people_asked, seen_by
from zachetka.learning.models import Cohort, Enrolment, Order
from zachetka.learning.queries.admission import Obstacle, headways
from zachetka.learning.queries.cohorts import people_of
from zachetka.learning.queries.enrolling import Fitness, fitness, found_people, learners_of_upload
from zachetka.learning.queries.order_choice import LAWFUL
from zachetka.learning.queries.withdrawing import barred
from zachetka.people.models import Learner
from zachetka.rendering.meanwhile import TAKE, met_words, taken_back

NAMED = 3
"""Lines of the plan without a mark that are named one by one; the rest are counted."""
BUTTONS = ("find", "add", "drop", "mark", TAKE)
"""Buttons that change the page and write nothing."""
UNFIT = "unfit"
"""What «Убрать» sends to take out everybody who cannot be enrolled."""
ALL, NOBODY = "all", "nobody"
"""What «Отметить всех» and «Снять отметки» send: those of the cohort who can be named, or none of them."""
OF_THE_PAGE = ("request_key", "seen", "people")
"""Fields that no action takes as what the order says."""
BEYOND = "beyond"
"""What «Оставить первых» sends to take out everybody who does not fit in one order."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A person of the cohort on the page of an order of admission or withdrawal.

    Attributes:
        reasons: why the person cannot be named, in Russian; empty when they can.
        ahead: «зачисление с …» until that day, else "".
    """

    enrolment: Enrolment
    is_named: bool
    reasons: list[str]
    ahead: str


class OrderDraft:
    """What the page of a draft shows; `named` are the people that the order would name.

    Attributes:
        kind: kind of the order.
        form: date, basis, ground and the key of the form.
        named: people whom the order names.
        is_sent: True when the form was sent to be written and is well shaped.
        status: of the answer when nothing is written.
    """

    def __init__(
        self, request: ActorRequest, kind: str, cohort: Cohort, keys: Sequence[int], initial: dict[str, Any]
    ) -> None:
        posted = (taken_back(request.POST) or request.POST) if request.method == "POST" else None
        self.kind, self.cohort, self.actor = Order.Kind(kind), cohort, request.user
        self.day, self.came_and_went = legal_date(now()), ""
        self.is_asking = posted is not None and any(button in request.POST for button in BUTTONS)
        if posted is not None and self.is_asking:
            self.form = OrderForm(
                kind=kind, cohort=cohort, actor=request.user, initial=initial | posted.dict()
            )  # what was typed stays, nothing is judged
        else:
            self.form = OrderForm(posted, kind=kind, cohort=cohort, actor=request.user, initial=initial)
        if self.kind == Order.Kind.WITHDRAWAL:
            self.form.bar(barred(cohort, _learning(cohort), day=self._effective_on(), today=self.day))
        self.keys = people_asked(request.POST) if posted is not None else list(keys)
        if posted is not None and not self.is_enrolment and (asked := posted.get("mark", "")) in {ALL, NOBODY}:
            fit = _candidates(self.kind, cohort, (), self.day) if asked == ALL else []
            self.keys = [one.enrolment.learner_id for one in fit if not one.reasons]
        self.text = request.POST.get("q", "").replace("\x00", "").strip()[:200]
        self.named: list[Learner] = seen_by(request.user, self.keys)
        if self.is_asking and posted is not None and UNFIT in posted.getlist("drop"):
            how = fitness(cohort, self.named)
            self.named = [learner for learner in self.named if not how[learner.pk].unfit]
            self.keys = [learner.pk for learner in self.named]
        if self.is_asking and posted is not None and BEYOND in posted.getlist("drop"):
            self.named = self.named[:MOST_PEOPLE]
            self.keys = [learner.pk for learner in self.named]
        self.is_sent = posted is not None and not self.is_asking and self.form.is_valid()
        if self.is_sent and len(self.named) != len(self.keys):
            self.form.add_error(None, "Кого-то из отмеченных нет среди людей, которых вы видите. Проверьте список.")
            self.is_sent = False

    def _effective_on(self) -> date:
        """Return the day that the page says, today while it says none."""
        said = self.form["effective_on"].value()
        try:
            return self.form.fields["effective_on"].clean(said) or self.day
        except ValidationError:
            return self.day

    @classmethod
    def begun(cls, request: ActorRequest, kind: str, cohort: Cohort) -> Self:
        """Return the page of a new order; people come from the address or, for the rest of the cohort, are all who fit."""
        day = legal_date(now())
        keys = keys_of(request.GET.get("learners", "").split(","))
        if upload := request.GET.get("upload", ""):
            keys += learners_of_upload(request.user, upload, request.GET.get("sheet", ""), day)
        if not keys and kind == Order.Kind.ADMISSION:
            keys = [
                one.enrolment.learner_id for one in _candidates(Order.Kind(kind), cohort, (), day) if not one.reasons
            ]
        effective_on = max(day, cohort.starts_on) if kind == Order.Kind.ENROLMENT else day
        initial = {"request_key": uuid4(), "effective_on": effective_on, "basis": BASES[Order.Kind(kind)]}
        return cls(request, kind, cohort, keys, initial)

    @classmethod
    def reopened(cls, request: ActorRequest, order: Order, seen: str) -> Self:
        """Return the page of a draft that is being corrected; `seen` is `lifecycle.hands.seen_of` of it."""
        initial = _written_in(order) | {"request_key": order.request_key, "seen": seen}
        return cls(request, order.kind, order.cohort, _named_in(order), initial)

    @property
    def status(self) -> int:
        """Return 409 when somebody has overtaken the page, 422 when something typed is refused, 200 otherwise."""
        if self.form.met:
            return 409
        return 422 if self.form.is_bound and not self.is_asking else 200

    def said(self) -> dict[str, Any]:
        """Return what was typed, as the actions take it."""
        return {name: value for name, value in self.form.cleaned_data.items() if name not in {*OF_THE_PAGE}}

    def overtake(self, order: Order, seen: str, who: str) -> None:
        """Show what `who` has written into `order` meanwhile (security.md N16).

        Whom they added is named here too, whom they took out is not; whom this page added or took out stays so.
        """
        theirs, words = _named_in(order), self.form.was.get("people")
        before = theirs if words is None else keys_of(words.split())
        came = [key for key in theirs if key not in {*before, *self.keys}]
        went = [key for key in self.keys if key in before and key not in theirs]
        self.keys = [key for key in [*self.keys, *came] if key not in went]
        self.named = seen_by(self.actor, self.keys)
        now_written = _written_in(order)
        people = {"people": str(now_written.pop("people"))}
        shared = {name: value for name, value in now_written.items() if name in self.form.shared}
        self.form.overtake(shared, seen=seen, who=who, beside=people)
        names = [(verb, self._names(keys)) for verb, keys in (("назвали", came), ("убрали", went)) if keys]
        if names:
            said = "; ".join(f"{verb}: {who_}" for verb, who_ in names)
            self.came_and_went = f"Пока вы правили, в приказе {said}. В списке уже так; отмеченное вами осталось."
            self.form.met = met_words(who, is_different=True)

    def _names(self, keys: Sequence[int]) -> str:
        return ", ".join(learner.person.full_name for learner in seen_by(self.actor, keys))

    @cached_property
    def people(self) -> list[tuple[Learner, Fitness]]:
        """Return the people of an order of enrolment, each with what speaks against them."""
        how = fitness(self.cohort, self.named)
        return [(learner, how[learner.pk]) for learner in self.named]

    @property
    def beyond(self) -> int:
        """Return how many do not fit in one order."""
        return max(0, len(self.named) - MOST_PEOPLE)

    @property
    def most(self) -> int:
        """Return how many people one order names at most."""
        return MOST_PEOPLE

    @property
    def fit(self) -> int:
        """Return how many of those named can be enrolled."""
        return sum(not fit.unfit for _, fit in self.people)

    @cached_property
    def found(self) -> list[tuple[Learner, Fitness]]:
        """Return whom the search without scripts has found."""
        if len(self.text) < 2 or not self.is_asking:
            return []
        rows = list(found_people(self.actor, self.text, without=self.keys))
        how = fitness(self.cohort, rows)
        return [(learner, how[learner.pk]) for learner in rows]

    @cached_property
    def candidates(self) -> list[Candidate]:
        """Return the people of the cohort for an order of admission or withdrawal; who cannot be named comes last."""
        return _candidates(self.kind, self.cohort, self.keys, self.day)

    @property
    def is_enrolment(self) -> bool:
        """True when people are found in the whole academy, not in the cohort."""
        return self.kind == Order.Kind.ENROLMENT

    @property
    def title(self) -> str:
        """Return what the order is about."""
        return str(self.kind.label)


BASES = {
    Order.Kind.ENROLMENT: "",
    Order.Kind.ADMISSION: "ведомости промежуточной аттестации",
    Order.Kind.WITHDRAWAL: "",
    Order.Kind.TRANSFER: "",
}


def _learning(cohort: Cohort) -> list[Enrolment]:
    return list(people_of(cohort).filter(state__in=[Enrolment.State.ACTIVE, Enrolment.State.ADMITTED]))


def _named_in(order: Order) -> list[int]:
    return [line.learner_id for line in order.lines.all()]


def _written_in(order: Order) -> dict[str, object]:
    written = {name: getattr(order, name) for name in ("effective_on", "basis", "ground", "target")}
    return written | {"people": " ".join(map(str, _named_in(order)))}


def _in_short(obstacles: Sequence[Obstacle]) -> list[str]:
    """Return each debt as it is, the marks that are not there yet as one list, the sheets that are open as another."""
    debts = [obstacle.sentence for obstacle in obstacles if obstacle.is_debt]
    others = [obstacle for obstacle in obstacles if not obstacle.is_debt]
    open_ones = [f"«{obstacle.module.title}»" for obstacle in others if obstacle.is_preliminary]
    missing = [f"«{obstacle.module.title}»" for obstacle in others if not obstacle.is_preliminary]
    return [
        *debts,
        *(_listed(f"нет {'оценок' if len(missing) > 1 else 'оценки'}", missing)),
        *(_listed("не закрыты ведомости" if len(open_ones) > 1 else "не закрыта ведомость", open_ones)),
    ]


def _listed(what: str, names: Sequence[str]) -> Iterator[str]:
    if names:
        rest = f" и ещё {len(names) - NAMED}" if len(names) > NAMED else ""
        yield f"{what}: {', '.join(names[:NAMED])}{rest}."


def _candidates(kind: Order.Kind, cohort: Cohort, keys: Sequence[int], day: date) -> list[Candidate]:
    lawful = LAWFUL[kind]
    people = list(people_of(cohort))
    how = headways(people)
    found = []
    for one in people:
        reasons = (
            [] if one.state in lawful else [f"{one.words_on(day) if one.ends_ahead(day) else one.get_state_display()}."]
        )
        if not reasons and kind == Order.Kind.ADMISSION:
            reasons = _in_short(how[one.pk].before_final)
        ahead = one.words_on(day) if one.is_ahead(day) else ""
        found.append(Candidate(one, one.learner_id in keys, reasons, ahead))
    return sorted(found, key=lambda candidate: bool(candidate.reasons))
