"""Whatever page names several people beside their marks says who saw it, or here it is written why not (п. 3.8; 152-ФЗ ст. 19)."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import pytest

import zachetka
from zachetka.learning.actions.looks import Section

pytestmark = pytest.mark.clause("3.8")

VIEWS: Final = sorted((Path(zachetka.__file__).parent / "learning" / "views").glob("*.py"))
READ: Final = frozenset(
    {
        "CORRECTIONS", "OrderDraft", "admission_of", "changes_of", "column_of", "debts_of", "examinees_in", "headways",
        "matching_of", "moves_of", "order_text", "review", "sheet_of", "summary_of", "sums_of", "without_mark",
    }
)  # fmt: skip
"""What reads the marks of people, or whom they stand against."""
SAY: Final = frozenset(
    {"look_at_groups", "look_at_marks", "record_reading", "read_mark_history", "take_refused_marks", "taken"}
)
"""What records that they were looked at or taken away, and by whom."""
SILENT: Final = {
    "sheets.sheet_marks": "ответ на нажатие клавиши: оценка, которую читающий только что вписал; о сетке сказано при её открытии",
}
"""Views that say nothing, each with the reason."""


def parts_of(source: str) -> dict[str, set[str]]:
    """Return for each function of a module the names that it uses, those of the functions of the module that it calls included."""
    functions = {one.name: one for one in ast.parse(source).body if isinstance(one, ast.FunctionDef)}
    used = {
        name: {one.id for one in ast.walk(body) if isinstance(one, ast.Name)}
        | {one.attr for one in ast.walk(body) if isinstance(one, ast.Attribute)}
        for name, body in functions.items()
    }
    for _ in used:
        used = {name: names.union(*(used[one] for one in names & used.keys())) for name, names in used.items()}
    return used


def answers(source: str) -> set[str]:
    """Return the functions that answer an address."""
    functions = [one for one in ast.parse(source).body if isinstance(one, ast.FunctionDef)]
    return {one.name for one in functions if any("needs" in ast.unparse(by) for by in one.decorator_list)}


def untold(source: str) -> set[str]:
    """Return the views that read marks and say nothing of it."""
    used = parts_of(source)
    return {name for name in answers(source) if used[name] & READ and not used[name] & SAY}


@pytest.fixture(scope="module")
def silent() -> Mapping[str, str]:
    return {f"{path.stem}.{name}": name for path in VIEWS for name in untold(path.read_text(encoding="utf-8"))}


def test_every_page_of_marks_of_several_people_says_who_saw_them(silent: Mapping[str, str]) -> None:
    assert not silent.keys() - SILENT.keys()


def test_no_reason_is_left_of_a_view_that_says_it_or_reads_nothing(silent: Mapping[str, str]) -> None:
    assert not SILENT.keys() - silent.keys()


def test_each_section_of_a_group_is_said_by_a_view() -> None:
    said = "".join(path.read_text(encoding="utf-8") for path in VIEWS)
    assert {one.name for one in Section if f"Section.{one.name}" not in said} == set()


def test_a_page_of_marks_that_says_nothing_would_be_noticed() -> None:
    page = "@needs(READ)\ndef page(request):\n    return _shown(request)\n\ndef _shown(request):\n    {}return debts_of([1])\n"
    assert untold(page.format("")) == {"page"}
    assert untold(page.format("look_at_marks(1); ")) == set()
