"""The shape of what is typed about requests of data subjects (152-ФЗ ст. 20)."""

from __future__ import annotations

from django import forms

from zachetka.rendering.fields import Day, Line, RequestKey


class RequestForm(forms.Form):
    """A request that came in writing."""

    key = RequestKey()
    asked_on = Day(label="Когда пришёл", help_text="Срок ответа считается с этого дня")
    document = Line(
        label="Документ", max_length=200, help_text="Вид, входящий номер, дата: «Заявление, вх. № 15 от 20.11.2026»"
    )


class HandOverForm(forms.Form):
    """How the answer reached the person."""

    answered_on = Day(label="Когда передан")
    answer = Line(label="Как передан", max_length=200, help_text="«Лично под подпись», «заказным письмом № …»")


class AskForm(forms.Form):
    """The button of a page: pressed twice it is one request."""

    key = RequestKey()
