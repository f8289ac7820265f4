"""A file that has grown to four hundred lines is divided along its nouns, in the same change (docs/architecture.md)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

pytestmark = pytest.mark.clause("3.9")

ROOT = Path(__file__).resolve().parents[2]
LONGEST: Final = 400
WRITTEN_BY_US: Final = (
    "zachetka/**/*.py",
    "zachetka/**/*.js",
    "zachetka/**/*.css",
    "zachetka/**/*.html",
    "zachetka/**/*.sql",
    "benchmarks/*.py",
)
LONGER: Final[dict[str, str]] = {
    "zachetka/ledger/verify_bundle.py": "one file that a stranger runs without the project",
}
"""What may be longer, with the reason."""


def lines(path: Path) -> int:
    return len(path.read_text("utf-8").splitlines())


def sources(root: Path = ROOT) -> Iterator[Path]:
    for pattern in WRITTEN_BY_US:
        yield from (path for path in root.glob(pattern) if "tests" not in path.parts)


def too_long(root: Path = ROOT) -> dict[str, int]:
    found = {str(path.relative_to(root)): lines(path) for path in sources(root)}
    return {name: length for name, length in found.items() if length > LONGEST and name not in LONGER}


def test_no_file_is_longer_than_a_reader_holds_in_mind():
    assert too_long() == {}


def test_an_exception_is_a_long_file_with_a_reason():
    assert all(reason and lines(ROOT / name) > LONGEST for name, reason in LONGER.items())


def test_a_file_of_one_line_too_many_is_noticed(tmp_path):
    """The negative control, with what is a line shorter and with a test, which is not measured."""
    for name, length in {
        "long.py": LONGEST + 1,
        "whole.py": LONGEST,
        "migrations/0001_tables.py": LONGEST + 1,
        "laws/marks.sql": LONGEST + 1,
        "tests/test_long.py": LONGEST + 1,
    }.items():
        path = tmp_path / "zachetka" / "room" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("pass\n" * length, "utf-8")
    assert too_long(tmp_path) == {
        f"zachetka/room/{name}": LONGEST + 1 for name in ("long.py", "migrations/0001_tables.py", "laws/marks.sql")
    }
