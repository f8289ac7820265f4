"""The shape of what is typed for the correspondence of modules: one choice a line (273-ФЗ ст. 34 ч. 1 п. 7, ст. 57)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from django import forms

from zachetka.learning.equivalence_rules import Choices, Chosen, Earlier, Line, counts_as, fault, likeness
from zachetka.learning.queries.equivalences import Matching
from zachetka.learning.transfer_rules import Becomes

NOTHING: Final = "ничего: дисциплину сдают"


class EarlierInput(forms.Select):
    """Earlier results; one that cannot count stays in the list with the reason, and cannot be chosen."""

    def __init__(self) -> None:
        super().__init__()
        self.barred: dict[str, str] = {}

    def create_option(self, name: str, value: Any, label: Any, *place: Any, **given: Any) -> dict[str, Any]:
        """Return the option; a barred one says why."""
        why = self.barred.get(str(value), "")
        option: dict[str, Any] = super().create_option(
            name, value, f"{label} — нельзя: {why}" if why else label, *place, **given
        )
        if why:
            option["attrs"]["disabled"] = True
        return option


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the page: the module, its two fields, why the pair is so, what becomes of the module."""

    target: Line
    earlier: forms.BoundField
    shared: forms.BoundField
    chosen: Earlier | None
    why: str
    becomes: Becomes | None
    counts_as: str = ""

    @property
    def hint(self) -> str:
        """Why the pair is proposed and what counts: «то же название · 40 ч, экзамен — отлично, здесь «зачтено», № ЗК-26-0147»."""
        if self.chosen is None:
            return ""
        one = self.chosen
        here = f", здесь «{self.counts_as}»" if self.counts_as else ""
        said = f"{one.counted.hours} ч, {one.counted.control_words} — {one.words}{here}, № {one.book}"
        return f"{self.why} · {said}" if self.why else said


class MatchForm(forms.Form):
    """For each module of the new plan, what of the earlier books counts there."""

    seen = forms.CharField(max_length=20, required=False, widget=forms.HiddenInput)

    def __init__(self, typed: Any, *, how: Matching, earlier: tuple[Earlier, ...], choices: Choices, seen: str) -> None:
        super().__init__(typed, initial={"seen": seen})
        self.targets = [one for one in how.targets if not one.is_final]
        self.values = how.norms.values
        self.earlier = {_key(one): one for one in earlier}
        for target in self.targets:
            said = choices.get(target.key)
            field = forms.ChoiceField(
                label=f"Что засчитать: {target.title}",
                choices=[("", NOTHING), *((key, _words(one)) for key, one in self.earlier.items())],
                required=False,
                widget=EarlierInput,
                initial=f"{said.key[0]}-{said.key[1]}" if said else "",
            )
            field.widget.barred = {
                key: why for key, one in self.earlier.items() if (why := fault(target, one, how.norms))
            }
            field.widget.attrs["aria-label"] = field.label
            self.fields[f"module_{target.key}"] = field
            self.fields[f"shared_{target.key}"] = forms.BooleanField(
                label="и в другую", required=False, initial=bool(said and said.is_shared)
            )

    def said(self) -> Choices:
        """Return the choices as the action takes them."""
        return {target.key: self._chosen(target) for target in self.targets}

    def _chosen(self, target: Line) -> Chosen | None:
        one = self.earlier.get(self.cleaned_data[f"module_{target.key}"])
        return Chosen(one.key, self.cleaned_data[f"shared_{target.key}"]) if one else None

    def rows(self, lines: dict[int, Becomes]) -> list[Row]:
        """Return each module with its fields; `lines` says what becomes of it by what is said now."""
        found = []
        for target in self.targets:
            bound = self[f"module_{target.key}"]
            one = self.earlier.get(str(bound.value() or ""))
            why = likeness(target, one) if one else None
            other = counts_as(one.grade, one.score, self.values.get(target.scale, ())) if one else None
            there = other.label if other and one and target.scale != one.counted.scale else ""
            shared = self[f"shared_{target.key}"]
            found.append(Row(target, bound, shared, one, str(why or ""), lines.get(target.key), there))
        return found


def _key(one: Earlier) -> str:
    return f"{one.source}-{one.line.key}"


def _words(one: Earlier) -> str:
    counted = one.counted
    return f"«{counted.title}», {counted.hours} ч, {counted.control_words} — {one.words}, № {one.book}"
