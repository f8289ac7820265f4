"""The pages of `docs` that are drawn from the code are those of this code (п. 3.8, 2.1)."""

import pytest

from tests.architecture.generated import DOCS, PAGES, lifecycles, tables
from zachetka.access.policy import MATRIX, Grant, Permission, Role, Scope


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
