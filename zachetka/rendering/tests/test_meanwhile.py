"""A form that somebody has overtaken shows mine, theirs and what was, and loses nothing (п. 2.4; security.md N16)."""

from __future__ import annotations

from typing import Any

import pytest
from django import forms
from django.http import QueryDict

from zachetka.core.errors import Stale
from zachetka.rendering.meanwhile import SharedForm, if_overtaken, taken_back

pytestmark = pytest.mark.clause("2.4")

WRITTEN = {"name": "Старое", "kind": "a", "is_open": True}
CHOICES = (("a", "первый"), ("b", "второй"))


class Record(SharedForm):
    """A record that several people keep."""

    shared = ("name", "kind", "is_open")
    name = forms.CharField(required=False)
    kind = forms.ChoiceField(choices=CHOICES)
    is_open = forms.BooleanField(required=False)


def sent(typed: dict[str, str], prefix: str | None = None) -> QueryDict:
    """Return what a browser sends from the page that was opened with `WRITTEN`, with `typed` instead."""
    opened = Record(initial=WRITTEN, prefix=prefix)
    data = QueryDict(mutable=True)
    words = {name: opened.written(name, value) for name, value in WRITTEN.items()} | typed
    data.update({opened.add_prefix(name): text for name, text in words.items() if text})
    data[opened.add_prefix("was")] = (
        str(opened.carried).partition('value="')[2].removesuffix('">').replace("&quot;", '"')
    )
    return data


def met(typed: dict[str, str], now_written: dict[str, Any]) -> tuple[Record, QueryDict]:
    """Return the form after somebody wrote `now_written`, and what it would send next."""
    data = sent(typed)
    form = Record(data)
    assert form.is_valid()
    later = data.copy()
    said, form.data = form.meet(later, WRITTEN | now_written), later
    form.tell(said, "Белова О. С., 30.11.2026 12:04")
    return form, later


def told(form: Record, name: str) -> str:
    return " ".join(map(str, form.errors.get(name, [])))


def test_where_both_wrote_what_was_typed_stays_and_what_is_written_is_said() -> None:
    form, later = met({"name": "Моё"}, {"name": "Чужое"})
    assert later["name"] == "Моё"
    assert "записали «Чужое», было «Старое»" in told(form, "name")
    assert form.errors.as_data()["name"][0].take == "name"  # type: ignore[attr-defined]
    assert form.met.startswith("Пока вы правили, запись изменили: Белова О. С., 30.11.2026 12:04.")
    assert set(form.errors) == {"name"}


def test_what_only_the_others_changed_is_theirs_at_once_and_is_said() -> None:
    form, later = met({"name": "Моё"}, {"kind": "b", "is_open": False})
    assert (later["name"], later["kind"], "is_open" in later) == ("Моё", "b", False)
    assert "записали «второй», было «первый». Вы этого поля не меняли" in told(form, "kind")
    assert "записали «нет», было «да»" in told(form, "is_open")


def test_what_nobody_else_touched_or_both_wrote_alike_is_no_difference() -> None:
    form, later = met({"name": "Одно", "kind": "b"}, {"name": "Одно"})
    assert later["kind"] == "b"
    assert not form.errors
    assert "не изменилось: сохраните ещё раз" in form.met


def test_sent_again_it_is_a_form_of_the_record_as_it_is_now() -> None:
    _, later = met({"name": "Моё"}, {"name": "Чужое"})
    again = Record(later)
    assert again.is_valid()
    assert again.meet(later.copy(), WRITTEN | {"name": "Чужое"}) == [], "nothing is new: the control of the next line"
    assert [name for name, _ in again.meet(later.copy(), WRITTEN | {"name": "Третье"})] == ["name"]


def test_one_button_takes_what_is_written() -> None:
    _, later = met({"name": "Моё"}, {"name": "Чужое"})
    assert taken_back(later) is None
    later["take"] = "name"
    taken = taken_back(later)
    assert taken is not None
    assert (taken["name"], "take" in taken) == ("Чужое", False)
    rows = sent({"name": "Моё"}, prefix="m-3")
    rows["take"] = "m-3-name"
    taken = taken_back(rows)
    assert taken is not None
    assert taken["m-3-name"] == "Старое"


@pytest.mark.parametrize(
    "carried", ["", "x", "[]", "7", '{"name": 5}', '{"чужое": "да"}', "[" * 15_000, '{"name": "' + "а" * 61_000 + '"}']
)
def test_what_the_page_carries_may_be_anything_and_decides_nothing(carried: str) -> None:
    data = sent({"name": "Моё"})
    data["was"] = carried
    form = Record(data)
    assert form.is_valid() == (carried == '{"чужое": "да"}')
    assert ("пришла испорченной" in told(form, "name")) == (carried != '{"чужое": "да"}')
    assert 'value="{}"' in str(form.carried), "drawn again it can be sent"
    later = data.copy()
    (found,) = form.meet(later, WRITTEN | {"name": "Чужое"})
    assert (found[0], later["name"]) == ("name", "Моё"), "what is unknown is never taken for untouched"
    for take in ("name", "чужое", "-", "m-0-name"):
        data["take"] = take
        taken = taken_back(data)
        assert taken is not None
        assert taken["name"] == "Моё"


def test_only_what_is_overtaken_is_met() -> None:
    came: list[Stale] = []
    with if_overtaken(came.append):
        raise Stale("2.1", "Изменили.")
    assert len(came) == 1
    with pytest.raises(ValueError, match="иное"), if_overtaken(came.append):
        raise ValueError("иное")
