"""Every case of the corpus has a verdict and a test that speaks of it, or a written reason (п. 3.8)."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from django.apps import apps

from tests.corpus.cases import CASES, SIZES, Case
from tests.corpus.texts import TEXTS

pytestmark = pytest.mark.clause("3.8")

ROOT = Path(__file__).resolve().parents[2]
VERDICTS = {"R", "OK", "N", "400", "404", "405", "408", "409", "415", "422", "429", "431"}
GROUPS = {f"{group}{number}" for group, size in SIZES.items() for number in range(1, size + 1)}


def speaks_of(number: str, file: str) -> bool:
    """Return whether a test of `file` names the case, alone or within a range: «E4», «_e4», «G21–G27».

    `file::test` speaks by the line of the table itself; then the test has to be there.
    """
    file, _, test = file.partition("::")
    text = (ROOT / file).read_text(encoding="utf-8")
    if test:
        return f"def {test}(" in text
    text = text.replace(ast.get_docstring(ast.parse(text), clean=False) or "", "", 1)  # what it is about is no proof
    if re.search(rf"(?<![A-Za-z0-9]){number}(?![0-9A-Za-z])|_{number.lower()}(?![0-9])", text):
        return True
    group, place = number[0], int(number[1:])
    ranges = re.findall(rf"\b{group}(\d+)–{group}?(\d+)\b", text)
    return any(int(first) <= place <= int(last) for first, last in ranges)


def unproved(cases: dict[str, Case]) -> list[str]:
    """Return the cases that nothing speaks of: no test, no reason, or a test that does not name them."""
    found = []
    for number in sorted(GROUPS):
        case = cases.get(number)
        if (
            case is None
            or not (case.proof or case.fields or case.reason)
            or not all(speaks_of(number, file) for file in case.proof)
        ):
            found.append(number)
    return found


def test_every_case_of_the_groups_is_proved_or_says_why_not() -> None:
    assert unproved(CASES) == []
    assert CASES.keys() == GROUPS
    assert {case.verdict for case in CASES.values()} <= VERDICTS


def arrived(awaits: str) -> bool:
    """True when what a reason waits for is there: a room, or a field of any record."""
    if not awaits.startswith("."):
        return (ROOT / "zachetka" / awaits / "__init__.py").exists()
    fields = {field.name for model in apps.get_models() for field in model._meta.get_fields()}
    return any(awaits[1:] in name.split("_") for name in fields)


def void(cases: dict[str, Case]) -> list[str]:
    """Return the cases whose reason holds no longer, or never said what would end it."""
    return sorted(
        number
        for number, case in cases.items()
        if bool(case.reason) != bool(case.awaits) or (case.awaits and arrived(case.awaits))
    )


def test_a_reason_holds_only_until_the_room_is_there() -> None:
    assert void(CASES) == []
    assert {case.awaits for case in CASES.values() if case.reason} == {
        ".inn",
        ".passport",
        "documents",
        "attestation",
        "archive",
    }
    assert void({**CASES, "E21": Case("R", reason="нет", awaits="learning")}) == ["E21"], "the negative control"
    assert void({**CASES, "B6": Case("R", reason="нет", awaits=".snils")}) == ["B6"]
    assert void({**CASES, "N2": Case("409", reason="нет")}) == ["N2"]


def test_a_case_that_nobody_tests_would_be_noticed() -> None:
    """The negative control: without its line, without a proof, with a file that is silent about it."""
    assert unproved({**CASES, "E15": Case("404")}) == ["E15"]
    assert unproved({**CASES, "E15": Case("404", ("tests/corpus/texts.py",))}) == ["E15"]
    assert unproved({**CASES, "N1": Case("OK", ("tests/faults/test_repeats.py",))}) == ["N1"], "a title is no proof"
    assert unproved({**CASES, "E15": Case("404", ("tests/corpus/test_http.py::test_nobody_wrote_it",))}) == ["E15"]
    assert unproved({number: case for number, case in CASES.items() if number != "J13"}) == ["J13"]


def test_what_is_put_into_fields_has_a_value_and_a_verdict_of_refusal() -> None:
    put = {number: case for number, case in CASES.items() if case.fields}
    assert set(put) <= TEXTS.keys()
    assert {case.verdict for case in put.values()} == {"R"}
    assert len(put) > 20
