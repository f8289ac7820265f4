"""What is typed about acts of destruction and holds: shapes only (152-ФЗ ст. 21)."""

from __future__ import annotations

from typing import Any

from django import forms

from zachetka.destruction.actions.acts import Outside
from zachetka.destruction.actions.holds import Order
from zachetka.rendering.fields import Day, Line, RequestKey, Whole


class ComposeForm(forms.Form):
    """What is destroyed outside the system, when anything is."""

    key = RequestKey()
    carrier = Line(
        label="Носитель вне системы",
        max_length=200,
        required=False,
        help_text="Что уничтожают вместе с данными: «фотографии группы на флеш-накопителе, инв. № 14». Пусто — нет ничего",
    )
    sheets = Whole(label="Листов на носителе", required=False, most=9999, help_text="Для бумаги")

    def outside(self) -> Outside:
        """Return what is typed."""
        return Outside(self.cleaned_data["carrier"], self.cleaned_data["sheets"])


class ReturnForm(forms.Form):
    """Why an act is sent back."""

    why = Line(label="Почему возвращаете", max_length=400)


class OrderForm(forms.Form):
    """By which order, and why."""

    number = Line(label="Номер приказа", max_length=40)
    day = Day(label="Дата приказа")
    reason = Line(label="Почему", max_length=400, help_text="«Спор в суде, дело № 2-418», без сведений о человеке")

    def order(self) -> Order:
        """Return what is typed."""
        return Order(self.cleaned_data["number"], self.cleaned_data["day"], self.cleaned_data["reason"])


class HoldForm(OrderForm):
    """A hold as it is ordered."""

    key = RequestKey()

    def __init__(self, *args: Any, **given: Any) -> None:
        super().__init__(*args, **given)
        self.fields["reason"].label = "Почему нельзя уничтожать"
