"""Whatever a person types goes through a field that refuses what cannot be kept: found in the code, not listed (security.md A, B, C).

Django's own fields take a text with its reversed direction, heaped marks, control characters and halves of signs, a day of the
first year, a number in any figures. Ours (`rendering/fields.py`) refuse them, so that no form has to think of it.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import pytest
from django import forms

from tests.corpus.texts import TEXTS
from zachetka.rendering.fields import Day, Line, Lines, Whole

pytestmark = pytest.mark.clause("3.8")

PRODUCT: Final = Path(__file__).resolve().parents[2] / "zachetka"
TYPED: Final = frozenset(
    {"CharField", "DateField", "DateTimeField", "DecimalField", "DurationField", "EmailField", "FloatField", "IntegerField",
     "JSONField", "RegexField", "SlugField", "SplitDateTimeField", "TimeField", "URLField", "UUIDField", "GenericIPAddressField"}
)  # fmt: skip
"""Django's fields into which something can be typed."""
LAWFUL: Final[Mapping[str, str]] = {
    "programs/forms.py:pk": "скрытое: номер строки плана, сверяется с планом",
    "programs/forms.py:links": "скрытое: номера строк, сверяются с планом",
    "people/forms.py:seen": "скрытое: версия карточки",
    "rendering/acts.py:seen": "скрытое: отпечаток прочитанного, сверяется",
    "learning/forms/sheets.py:seen": "скрытое: отпечаток, сверяется",
    "learning/forms/study_plans.py:seen": "скрытое: отпечаток, сверяется",
    "learning/forms/equivalences.py:seen": "скрытое: отпечаток, сверяется",
    "learning/forms/orders.py:seen": "скрытое: отпечаток, сверяется",
    "learning/forms/orders.py:people": "скрытое: номера людей, сверяются с приказом",
    "web/proof.py:code": "код второго фактора: сверяется, не хранится",
    "web/proof.py:key": "скрытое: ответ ключа, сверяется подписью",
    "web/my_sign_in.py:code": "код приложения: сверяется, не хранится",
    "web/my_sign_in.py:key": "скрытое: ответ ключа, сверяется подписью",
    "web/confirmation.py:password": "пароль: берётся как есть, хранится свёртка",
    "web/password.py:return": "пароль: берётся как есть, хранится свёртка",
    "web/design.py:basis": "страница образцов: ничего не хранит",
    "web/design.py:commission": "страница образцов: ничего не хранит",
    "web/design.py:volume": "страница образцов: ничего не хранит",
    "web/design.py:note": "страница образцов: ничего не хранит",
    "web/events/reading.py:person": "отбор: ничего не хранит, берётся только UUID",
    "web/events/reading.py:record": "отбор: ничего не хранит, берётся только по образцу",
    "web/events/reading.py:before": "отбор: ничего не хранит, берётся только число",
    "people/forms.py:card": "UUID карточки, сверяется с карточками",
    "people/forms.py:login": "латинские буквы и цифры по образцу логина",
}
"""Where one of Django's own fields stands, and why it may."""
UNKEPT: Final = ("A15", "A16", "A17", "A18", "A19", "A22")
"""Texts that are kept nowhere."""
NO_DAYS: Final = ("B13", "B15", "B16", "B17", "B18", "B24", "A16", "C9")
NO_NUMBERS: Final = ("C2", "C5", "C6", "C6b", "C8", "C9", "B24", "A16", "C11", "C7")


def own_of_django(source: str, file: str) -> Iterator[str]:
    """Yield «file:name» of each field that is one of Django's own; of a field that is returned, «file:return»."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Assign(targets=[target], value=value):
                name = _name(target)
            case ast.AnnAssign(target=target, value=value):
                name = _name(target)
            case ast.Return(value=value):
                name = "return"
            case ast.Dict(keys=keys, values=values):
                yield from (
                    f"{file}:{_name(key)}" for key, one in zip(keys, values, strict=True) if key and _is_own(one)
                )
                continue
            case _:
                continue
        if _is_own(value):
            yield f"{file}:{name}"


def _is_own(value: ast.expr | None) -> bool:
    return (
        isinstance(value, ast.Call)
        and isinstance(value.func, ast.Attribute)
        and isinstance(value.func.value, ast.Name)
        and value.func.value.id == "forms"
        and value.func.attr in TYPED
    )


def _name(target: ast.AST) -> str:
    match target:
        case ast.Name(id=name) | ast.Constant(value=str(name)):
            return name
        case ast.Subscript(slice=ast.Constant(value=str(name))):
            return name
        case ast.Subscript(slice=ast.JoinedStr()):
            return "…"
    return ast.unparse(target)


def found() -> set[str]:
    files = [one for one in PRODUCT.rglob("*.py") if "tests" not in one.parts and "migrations" not in one.parts]
    return {place for file in files for place in own_of_django(file.read_text("utf-8"), str(file.relative_to(PRODUCT)))}


def test_no_field_takes_what_is_typed_as_django_takes_it() -> None:
    assert found() == set(LAWFUL), "use Line, Lines, Day or Whole of rendering/fields.py, or say why not"


def test_a_field_of_djangos_own_would_be_noticed() -> None:
    """The negative control: as it is written, by its name, by its key, in a loop."""
    source = (
        "class F(forms.Form):\n    why = forms.CharField(max_length=5)\n    ok = Line(max_length=5)\n"
        "    def __init__(self):\n        self.fields['day'] = forms.DateField()\n"
        "        self.fields[f'row_{1}'] = forms.IntegerField()\n        more = {'sum': forms.DecimalField()}\n"
    )
    assert set(own_of_django(source, "f.py")) == {"f.py:why", "f.py:day", "f.py:…", "f.py:sum"}


def taken(field: forms.Field, case: str) -> Any:
    """Return what a field makes of a case, or None when it refuses it."""
    try:
        return field.clean(TEXTS[case].encode("utf-8", "replace").decode() if case != "A17" else "\ufffd")
    except forms.ValidationError:
        return None


@pytest.mark.parametrize("case", [*UNKEPT, "A11"])
@pytest.mark.parametrize("field", [Line(max_length=500), Lines(max_length=500)], ids=["line", "lines"])
def test_a_text_that_cannot_be_kept_is_refused_by_every_field_of_text(field: forms.Field, case: str) -> None:
    assert taken(field, case) is None
    assert taken(field, "A7") == TEXTS["A7"], "the control"


def test_a_line_break_is_refused_in_a_line_and_is_a_space_in_several_a26() -> None:
    assert taken(Line(max_length=500), "A26") is None
    assert taken(Lines(max_length=500), "A26") == "строка ещё одна"


@pytest.mark.parametrize("case", NO_DAYS)
def test_what_is_not_one_day_of_our_time_is_refused_by_every_field_of_a_day(case: str) -> None:
    assert taken(Day(), case) is None
    assert taken(Day(), "B14") is not None, "the control"


@pytest.mark.parametrize("case", NO_NUMBERS)
def test_what_is_not_a_whole_number_in_our_figures_is_refused_by_every_field_of_a_number(case: str) -> None:
    assert taken(Whole(least=0), case) is None
    assert taken(Whole(least=0), "C16") == 7, "the control"


def test_djangos_own_fields_take_most_of_it() -> None:
    """The negative control: why they are not used."""
    assert [case for case in UNKEPT if taken(forms.CharField(max_length=500), case) is not None] == [
        "A15", "A17", "A18", "A22",
    ]  # fmt: skip
    assert taken(forms.IntegerField(), "C8") == 72
