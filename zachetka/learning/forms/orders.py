"""The shape of what is typed for an order (273-ФЗ ст. 53, 59, 61)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

from django import forms
from django.http import QueryDict

from zachetka.access.models import Account
from zachetka.core.clock import legal_date, now
from zachetka.core.errors import RuleViolation
from zachetka.learning.grounds import GROUNDS
from zachetka.learning.models import Cohort, Order
from zachetka.learning.queries.enrolling import with_papers
from zachetka.learning.queries.order_choice import orderable, possible, why_not
from zachetka.learning.queries.transfers import seen_targets
from zachetka.people.models import Learner
from zachetka.rendering.fields import Day, Line, RequestKey, error_of
from zachetka.rendering.meanwhile import SharedForm

LARGEST_KEY: Final = 2**63 - 1


class OrderChoice(forms.Form):
    """What the order is about and which cohort; any cohort may be named, those that can take it are offered."""

    kind = forms.ChoiceField(label="О чём приказ", choices=Order.Kind.choices, widget=forms.HiddenInput)
    cohort = forms.ModelChoiceField(label="Группа", queryset=Cohort.objects.none())

    def __init__(self, *args: Any, actor: Account, **given: Any) -> None:
        super().__init__(*args, **given)
        self.rows = orderable(actor)
        self.fields["cohort"].queryset = self.rows  # type: ignore[attr-defined]

    def offer(self, kind: Order.Kind, day: date) -> list[Cohort]:
        """Fill the list with the cohorts that can take an order of this `kind` on the legal `day`; one query."""
        found = list(self.rows.filter(possible(kind, day)))
        choices = [(cohort.pk, _line(cohort)) for cohort in found]
        self.fields["cohort"].widget.choices = [("", "Выберите…"), *choices]
        return found

    def refuse_the_impossible(self) -> None:
        """Add an error when the named cohort cannot take such an order."""
        clause, sentence = why_not(Order.Kind(self.cleaned_data["kind"]), self.cleaned_data["cohort"])
        if sentence:
            self.add_error("cohort", error_of(RuleViolation(clause, sentence)))


def _line(cohort: Cohort) -> str:
    return f"{cohort.code} · {cohort.program_version.title} · {cohort.starts_on:%d.%m.%Y} — {cohort.ends_on:%d.%m.%Y}"


class GroundInput(forms.Select):
    """Grounds of withdrawal; one that holds for nobody stays in the list with the reason, and cannot be chosen."""

    def __init__(self) -> None:
        super().__init__()
        self.barred: Mapping[str, str] = {}

    def create_option(self, name: str, value: Any, label: Any, *place: Any, **given: Any) -> dict[str, Any]:
        """Return the option; a barred one says why."""
        why = self.barred.get(str(value), "")
        option: dict[str, Any] = super().create_option(
            name, value, f"{label} — {why}" if why else label, *place, **given
        )
        if why:
            option["attrs"]["disabled"] = True
        return option


class Target(forms.ModelChoiceField):  # type: ignore[type-arg] # not generic when it runs
    """Groups to which one may be transferred, each with its days."""

    def label_from_instance(self, obj: Cohort) -> str:
        """Return «ПК-26-02 · Закупки, редакция 2 · 07.09.2026 — 25.12.2026»."""
        version = obj.program_version
        return f"{obj.code} · {version.title}, редакция {version.number} · {obj.starts_on:%d.%m.%Y} — {obj.ends_on:%d.%m.%Y}"


class OrderForm(SharedForm):
    """Date, basis, ground, group to which a transfer leads, and people of an order.

    `people`, keys apart by spaces, are compared by the page of the draft.
    """

    shared = ("effective_on", "basis", "ground", "target", "people")
    request_key = RequestKey()
    seen = forms.CharField(max_length=20, required=False, widget=forms.HiddenInput)
    people = forms.CharField(max_length=12_000, required=False, widget=forms.HiddenInput)
    effective_on = Day(label="Действует с")
    basis = Line(
        label="Документ-основание", max_length=255, help_text="Договоры, заявления, ведомости: вид, номер, дата"
    )
    ground = forms.ChoiceField(
        label="Почему отчисляем",
        widget=GroundInput,
        choices=[("", "Выберите…"), *((one.value, one.label) for one in GROUNDS)],
        help_text="За долг отчисляют, когда его уже не закрыть: обе пересдачи использованы или год истёк (273-ФЗ ст. 58)",
        error_messages={"required": "Выберите основание отчисления (273-ФЗ ст. 61)."},
    )
    target = Target(
        label="В какую группу",
        queryset=Cohort.objects.none(),
        empty_label="Выберите…",
        help_text="Сначала группы той же редакции, потом той же программы, потом других: все, что ещё не окончены",
        error_messages={"required": "Выберите группу, в которую переводим (273-ФЗ ст. 57)."},
    )

    def __init__(self, *args: Any, kind: str, cohort: Cohort, actor: Account, **given: Any) -> None:
        super().__init__(*args, **given)
        if kind == Order.Kind.TRANSFER:
            self.fields["target"].queryset = seen_targets(actor, cohort, legal_date(now()))  # type: ignore[attr-defined]
            self.fields["effective_on"].label = "Перевести с"
            self.fields["basis"].help_text = "Заявление слушателя: номер, дата"
        else:
            del self.fields["target"]
        if kind != Order.Kind.WITHDRAWAL:
            del self.fields["ground"]
        self.shared = tuple(name for name in self.shared if name in self.fields)  # type: ignore[misc,assignment] # of this kind
        if kind == Order.Kind.ENROLMENT:
            self.fields["effective_on"].label = "Зачислить с"
            self.fields["basis"].help_text = "Договоры об образовании (273-ФЗ ст. 53 ч. 2): номера или реестр, дата"

    def bar(self, grounds: Mapping[Order.Ground, str]) -> None:
        """Offer no ground that holds for nobody; what was sent all the same is the action's to refuse (273-ФЗ ст. 61)."""
        self.fields["ground"].widget.barred = {ground.value: why for ground, why in grounds.items()}


def keys_of(texts: Sequence[str]) -> list[int]:
    """Return the primary keys written in `texts`, each once, in their order; what is no key is left out."""
    keys = (int(text) for text in texts if text.isascii() and text.isdigit() and len(text) < 20)
    return list(dict.fromkeys(key for key in keys if 0 < key <= LARGEST_KEY))


def people_asked(asked: QueryDict) -> list[int]:
    """Return the people whom the sent page names, after «Добавить» or «Убрать» was pressed without scripts."""
    keys = keys_of(asked.getlist("learner"))
    added, dropped = keys_of(asked.getlist("add")), keys_of(asked.getlist("drop"))
    return [key for key in dict.fromkeys([*keys, *added]) if key not in dropped]


def seen_by(actor: Account, keys: Sequence[int]) -> list[Learner]:
    """Return those of `keys` whom `actor` may see, in the order of a list."""
    return list(with_papers(Learner.objects.visible_to(actor).filter(pk__in=keys, person__merged_into=None)))
