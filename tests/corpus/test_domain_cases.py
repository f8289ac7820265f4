"""Every control case of the domain has its tests or says what it waits for (п. 3.8)."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.corpus.domain_cases import LATER, PARTLY, PROVED

pytestmark = pytest.mark.clause("3.8")

ROOT = Path(__file__).resolve().parents[2]
CASES = {f"T{number}" for number in range(1, 19)}


def missing(proved: Mapping[str, tuple[str, ...]]) -> list[str]:
    """Return the tests that are named and are not there."""
    found = []
    for named in (test for tests in proved.values() for test in tests):
        file, _, test = named.partition("::")
        if f"def {test}(" not in (ROOT / file).read_text("utf-8"):
            found.append(named)
    return found


def test_every_control_case_is_proved_or_waits_for_its_papers() -> None:
    assert PROVED.keys() | LATER.keys() == CASES
    assert not PROVED.keys() & LATER.keys()
    assert PARTLY.keys() <= PROVED.keys()
    assert all(PROVED.values())
    assert missing(PROVED) == []


def test_a_test_that_somebody_renamed_is_missed() -> None:
    """The negative control."""
    gone = "tests/corpus/test_domain_cases.py::test_nobody_wrote_it"
    assert missing({"T1": (gone,)}) == [gone]
