"""The pages of `docs` that are drawn from the code are those of this code (п. 3.8, 2.1)."""

import re
from collections.abc import Iterable
from pathlib import Path

import pytest

from tests.architecture.generated import DOCS, PAGES, lifecycles, tables
from zachetka.access.policy import MATRIX, Grant, Permission, Role, Scope

FILE = re.compile(r"`((?:[\w-]+/)+[\w.-]+\.(?:py|html|js|css|toml|md|json|typ))`")
FROM = (DOCS.parent, DOCS.parent / "zachetka", DOCS)
"""Whence a decision names a file: the project, its rooms, its pages."""


def dead(pages: Iterable[str]) -> list[str]:
    """Return the files that these pages name and that are not there."""
    return [
        name for page in pages for name in FILE.findall(page) if not any(Path(root, name).is_file() for root in FROM)
    ]


@pytest.mark.clause("3.8")
@pytest.mark.parametrize("name", sorted(PAGES))
def test_a_drawn_page_is_that_of_this_code(name: str) -> None:
    assert (DOCS / name).read_text(encoding="utf-8") == PAGES[name](), "run `make docs`"


@pytest.mark.clause("2.1")
def test_every_table_of_steps_is_drawn_with_all_its_steps() -> None:
    drawn = lifecycles()
    assert len(list(tables())) >= 5
    for name, table in tables():
        assert f"## {name}" in drawn
        for verb, step in table.items():
            assert f"--> {step.target}: {verb}" in drawn


@pytest.mark.clause("3.8")
def test_a_widened_right_would_change_the_page(monkeypatch: pytest.MonkeyPatch) -> None:
    before = PAGES["permissions.md"]()
    monkeypatch.setitem(MATRIX[Permission.PERSON_READ], Role.TEACHER, Grant(Scope.ALL, "никакая бумага"))
    assert PAGES["permissions.md"]() != before


@pytest.mark.clause("2.1")
def test_every_file_that_a_decision_names_is_there() -> None:
    pages = [page.read_text(encoding="utf-8") for page in sorted((DOCS / "decisions").glob("*.md"))]
    assert dead(pages) == []
    assert len([name for page in pages for name in FILE.findall(page)]) > 40


@pytest.mark.clause("2.1")
def test_a_file_that_was_moved_would_be_found() -> None:
    """Negative control."""
    assert dead(["It stands in `tests/test_moved.py`, not in `access/policy.py`."]) == ["tests/test_moved.py"]
