"""A law of the database is written once, in the folder of its room; migrations make tables (decision 0163; п. 3.3)."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from zachetka.postgres import guards, laws

pytestmark = pytest.mark.clause("3.3")

ROOT = Path(__file__).resolve().parents[2]
A_LAW = re.compile(r"(?i)\b(?:CREATE|REPLACE)\s+(?:CONSTRAINT\s+)?(?:FUNCTION|TRIGGER)\b")


def migrations_with_laws(root: Path = ROOT) -> list[str]:
    paths = sorted(root.glob("zachetka/*/migrations/*.py"))
    return [path.name for path in paths if A_LAW.search(path.read_text(encoding="utf-8"))]


def test_no_migration_makes_a_function_or_a_trigger():
    assert migrations_with_laws() == [], "write it into the folder `laws` of its room: `zachetka migrate` lays it"


def test_a_migration_that_makes_one_would_be_noticed(tmp_path: Path):
    folder = tmp_path / "zachetka" / "room" / "migrations"
    folder.mkdir(parents=True)
    (folder / "0002_law.py").write_text('LAW = """\nCREATE OR REPLACE FUNCTION f() RETURNS trigger"""', "utf-8")
    (folder / "0003_table.py").write_text('"""What a trigger may function as."""', "utf-8")
    assert migrations_with_laws(tmp_path) == ["0002_law.py"]


def test_a_function_is_named_after_the_room_in_whose_folder_it_is_written():
    for path in laws.paths():
        for found in guards.STATEMENT.finditer(path.read_text(encoding="utf-8")):
            name = found["function"]
            assert name is None or name.startswith((f"{path.parents[1].name}_", "zachetka_")), (path.name, name)


def test_every_law_says_what_it_is_for_and_under_which_clause():
    for path in laws.paths():
        heading = path.read_text(encoding="utf-8").partition("\n\n")[0]
        assert all(line.startswith("-- ") for line in heading.splitlines()), path.name
        assert re.search(r"\(.*(?:п\. \d|-ФЗ).*\)\.", heading, re.DOTALL), path.name


def test_every_refusal_of_a_law_names_its_clause():
    texts = [text for law in laws.written() for text in re.findall(r"RAISE EXCEPTION '([^']+)'", law)]
    assert len(texts) > 100
    assert [text for text in texts if not re.search(r"п\. \d|-ФЗ", text)] == []
