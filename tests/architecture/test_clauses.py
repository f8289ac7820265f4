"""`docs/clauses.toml` is true: from a clause to its code and test, and back (п. 1.3)."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

import zachetka

pytestmark = pytest.mark.clause("1.3")

ROOT = Path(zachetka.__file__).parent.parent
REGULATION = ("1.1", "1.2", "1.3", *(f"2.{one}" for one in range(1, 7)), *(f"3.{one}" for one in range(1, 10)))
LAW = re.compile(r"\d+-ФЗ ст\. \d+(?: ч\. \d+)?")
REFUSALS = {"RuleViolation", "IllegalStep", "Stale", "Busy", "Flaw", "Refusal"}


@cache
def clauses() -> dict[str, dict[str, Any]]:
    return tomllib.loads((ROOT / "docs" / "clauses.toml").read_text(encoding="utf-8"))


def cited_by_test(source: str) -> set[str]:
    """Return the clauses that marks in a file name."""
    return {
        str(argument.value)
        for call in ast.walk(ast.parse(source))
        if isinstance(call, ast.Call) and ast.unparse(call.func) == "pytest.mark.clause"
        for argument in call.args
        if isinstance(argument, ast.Constant)
    }


def cited_by_code(source: str) -> set[str]:
    """Return the clauses that a file refuses or records by: `clause=`, `CLAUSE =`, refusals, and laws in constants."""
    found = set[str]()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.keyword) and node.arg == "clause":
            found |= _texts(node.value)
        elif isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
            target = node.targets[0] if isinstance(node, ast.Assign) else node.target
            if isinstance(target, ast.Name) and target.id.endswith("CLAUSE"):
                found |= _texts(node.value)
        elif isinstance(node, ast.Call) and node.args and ast.unparse(node.func) in REFUSALS:
            found |= _texts(node.args[0])
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and LAW.fullmatch(node.value):
            found.add(node.value)
    return found


def _texts(node: ast.expr) -> set[str]:
    """Return the texts that read as a clause; `clause=error.clause` hands on what another place has cited."""
    texts = {one.value for one in ast.walk(node) if isinstance(one, ast.Constant) and isinstance(one.value, str)}
    return {text for text in texts if text[:1].isdigit()}


def files(*, tests: bool) -> Iterator[tuple[Path, str]]:
    for path in sorted([*ROOT.glob("zachetka/**/*.py"), *ROOT.glob("tests/**/*.py")]):
        inner = path.relative_to(ROOT).parts
        if ("tests" in inner) == tests and "migrations" not in inner:
            yield path, path.read_text(encoding="utf-8")


@cache
def citations() -> dict[str, frozenset[Path]]:
    found = dict[str, set[Path]]()
    for path, source in files(tests=True):
        for clause in cited_by_test(source):
            found.setdefault(clause, set()).add(path)
    return {clause: frozenset(paths) for clause, paths in found.items()}


def test_every_clause_of_the_regulation_has_its_place():
    assert set(REGULATION) <= set(clauses())
    for number, row in clauses().items():
        assert row["title"], number
        assert row.get("code") or row.get("later"), number
        assert set(row) <= {"title", "code", "tests", "page", "later"}, number


def test_code_and_tests_cite_only_clauses_of_the_file():
    for path, source in [*files(tests=True), *files(tests=False)]:
        cited = cited_by_test(source) if "tests" in path.relative_to(ROOT).parts else cited_by_code(source)
        assert cited <= set(clauses()), (path.relative_to(ROOT), cited - set(clauses()))


@pytest.mark.parametrize("number", sorted(clauses()))
def test_a_clause_with_code_is_proved_by_the_tests_it_names(number: str):
    row = clauses()[number]
    for path in (*row.get("code", ()), *row.get("tests", ())):
        assert (ROOT / path).exists(), path
    for path in row.get("tests", ()):
        assert ROOT / path in citations()[number], f"{path} does not cite {number}"
    if row.get("code"):
        assert row.get("tests"), number
    else:
        assert number not in citations(), f"{number} is tested and says it comes later"


def test_a_page_of_the_file_is_an_address_of_the_system():
    from tests.architecture.routes import routes

    patterns = {re.sub(r"<(?:\w+:)?(\w+)>", "<#>", route.pattern) for route in routes()}
    for number, row in clauses().items():
        if page := row.get("page"):
            written = re.sub(r"<\w+>", "<#>", page.partition("?")[0].lstrip("/"))
            known = {written, re.sub(r"(?<=<#>/)\w+/$", "<#>/", written)}
            assert known & patterns, (number, page)


def test_an_unknown_or_missing_clause_would_be_noticed():
    mark = "@pytest.mark.clause"
    assert cited_by_test(f'import pytest\n{mark}("9.9")\ndef test_x(): ...') == {"9.9"}
    code = 'CLAUSE = "9.1"\nraise RuleViolation("9.2", "Нет.")\nrecord(clause="9.3")\nBY = {1: "273-ФЗ ст. 999"}'
    assert cited_by_code(code) == {"9.1", "9.2", "9.3", "273-ФЗ ст. 999"}
