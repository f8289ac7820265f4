"""The shape of what is typed about cards that look alike (п. 2.1)."""

from __future__ import annotations

from django import forms

from zachetka.rendering.fields import Line


class DecisionForm(forms.Form):
    """Why the two are different people, or why that is taken back."""

    reason = Line(
        label="По чему видно",
        max_length=400,
        help_text="Без номеров и адресов: «сверены паспорта», «однофамильцы, разные дипломы». Останется в журнале решений",
    )
