"""The shape of what is typed about cards that look alike (п. 2.1)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms

from zachetka.people.rules.merging import TAKEABLE, takeable
from zachetka.rendering.fields import Line, RequestKey

if TYPE_CHECKING:
    from zachetka.people.models import Person

CALLED = {
    "sex": "пол",
    "birth_date": "дата рождения",
    "snils": "СНИЛС",
    "citizenship": "гражданство",
    "email": "почта",
    "phone": "телефон",
}


class DecisionForm(forms.Form):
    """Why the two are different people, or why that is taken back."""

    reason = Line(
        label="По чему видно",
        max_length=400,
        help_text="Без номеров и адресов: «сверены паспорта», «однофамильцы, разные дипломы». Останется в журнале решений",
    )


class MergeForm(forms.Form):
    """Which card stays, what it takes from the other where it has nothing, and by what it is seen that they are one person."""

    key = RequestKey()
    survivor = forms.ChoiceField(
        label="Какая карточка остаётся",
        widget=forms.RadioSelect,
        help_text="Имя и всё, что различается, останется, как в ней; поправьте её заранее, если верно в другой",
        error_messages={"required": "Выберите, какая карточка остаётся."},
    )
    wanted = forms.MultipleChoiceField(
        label="Что взять из другой, если в этой пусто", required=False, widget=forms.CheckboxSelectMultiple
    )
    reason = Line(label="По чему видно, что это один человек", max_length=400, help_text="Без номеров и адресов")

    def __init__(self, one: Person, other: Person, *args: Any, **given: Any) -> None:
        super().__init__(*args, **(given | {"auto_id": "merge_%s"}))
        self.people = {str(person.pk): person for person in (one, other)}
        values = [{name: getattr(person, name) for name in TAKEABLE} for person in (one, other)]
        lacked = {*takeable(values[0], values[1], TAKEABLE), *takeable(values[1], values[0], TAKEABLE)}
        fields: dict[str, Any] = self.fields
        fields["survivor"].choices = [
            (key, f"{person.full_name}, внесена {person.registered_at:%d.%m.%Y}") for key, person in self.people.items()
        ]
        offered = [name for name in TAKEABLE if name in lacked and name != "snils"]  # it is taken whether wanted or not
        fields["wanted"].choices = [(name, CALLED[name]) for name in offered]
        fields["wanted"].initial = offered

    def survives(self) -> Person:
        """Return the card that stays."""
        return self.people[self.cleaned_data["survivor"]]
