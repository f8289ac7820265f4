"""Groups D, H, K and L of the bad-input corpus: each case has a test that speaks of it by its number, or a written reason (п. 3.8)."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final, NamedTuple

import pytest

from tests.corpus.test_cases import arrived

pytestmark = pytest.mark.clause("3.8")

ROOT: Final = Path(__file__).resolve().parents[2]
SIZES: Final = {"D": 22, "H": 16, "K": 16, "L": 12}
"""Group → how many cases the corpus has in it: accounts, papers, the public check, the way out."""

ACCOUNTS: Final = "tests/corpus/test_accounts.py"
PRESS: Final = "zachetka/rendering/tests/test_press.py"
PAGES: Final = "zachetka/rendering/tests/test_record_book.py"
CODE: Final = "zachetka/rendering/tests/test_qr.py"
STRANGER: Final = "tests/corpus/test_enumeration.py"
MAIL: Final = "zachetka/notices/tests/test_mailing.py"
OUTBOUND: Final = "zachetka/exchange/tests/test_outbound.py"


class Held(NamedTuple):
    """Where a case is proved, or why it is out of reach as yet, and with which room it comes into reach."""

    file: str = ""
    reason: str = ""
    awaits: str = ""


NO_FORM: Final = Held(
    reason="A paper is checked by its code alone: there is no form of number, surname and date.", awaits="documents"
)
NO_DOCUMENTS: Final = Held(reason="Documents of qualification and their duplicates come later.", awaits="documents")
NO_ARCHIVE: Final = Held(reason="Nothing is destroyed yet.", awaits="archive")

HELD: Final[dict[str, Held]] = {
    **{f"D{number}": Held(ACCOUNTS) for number in range(1, 23)},
    **{f"H{number}": Held(PRESS) for number in (1, 2, 3, 4, 5, 6, 7, 8, 10, 11, 12)},
    "H9": Held(PAGES), "H13": Held(MAIL), "H14": Held(MAIL), "H15": Held(MAIL), "H16": Held(CODE),
    **{f"K{number}": Held(STRANGER) for number in (1, 2, 3, 8, 9, 10, 11, 12, 13, 14, 15)},
    "K4": NO_FORM, "K5": NO_FORM, "K6": NO_DOCUMENTS, "K7": NO_DOCUMENTS, "K16": NO_ARCHIVE,
    **{f"L{number}": Held(OUTBOUND) for number in range(1, 13)},
}  # fmt: skip


def speaks_of(case: str, text: str) -> bool:
    """True when `text` names the case, alone or within a range: «H5», «_k14», «H1–H4»."""
    if re.search(rf"(?<![A-Za-z0-9]){case}(?![0-9A-Za-z])|_{case.lower()}(?![0-9])", text):
        return True
    group, place = case[0], int(case[1:])
    ranges = re.findall(rf"\b{group}(\d+)–{group}(\d+)\b", text)
    return any(int(first) <= place <= int(last) for first, last in ranges)


def unheld(held: dict[str, Held]) -> list[str]:
    """Return the cases that no test speaks of and that say no reason."""
    cases = [f"{group}{number}" for group, size in SIZES.items() for number in range(1, size + 1)]
    return [case for case in cases if not _is_held(held.get(case, Held()), case)]


def _is_held(held: Held, case: str) -> bool:
    if held.reason:
        return bool(held.awaits) and not arrived(held.awaits)
    return bool(held.file) and speaks_of(case, (ROOT / held.file).read_text("utf-8"))


def test_every_case_is_held_by_a_test_or_says_why_not() -> None:
    assert unheld(HELD) == []
    assert len(HELD) == sum(SIZES.values())


def test_a_case_without_a_test_would_be_noticed() -> None:
    assert unheld(HELD | {"L6": Held()}) == ["L6"]
    assert unheld({case: held for case, held in HELD.items() if case != "K14"}) == ["K14"]
    assert unheld(HELD | {"H9": Held(CODE)}) == ["H9"]
    assert unheld(HELD | {"K7": Held(reason="Not yet.", awaits="learning")}) == ["K7"], "its room is there"
    assert not speaks_of("K1", "test_a_code_k14, K11")
    assert speaks_of("H3", "H1–H4: as a name")
