"""A clause is read in one line: no page lets «152-ФЗ ст. 20 ч. 1» break (п. 2.4)."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from zachetka.core.russian import NBSP, WORD_JOINER, typeset

pytestmark = pytest.mark.clause("2.4")

ROOT = Path(__file__).resolve().parents[2]
SET_APART = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{%\s*comment\b.*?endcomment\s*%\}", re.DOTALL)
"""What a template does not print as it stands: `typeset` or a component sees to it."""
CLAUSE = re.compile(r"\d+-ФЗ|(?<!\w)(?:ст|ч|п)\. \d")


def breaking(text: str) -> list[str]:
    """Return the clauses in the text of a template that a narrow page may break."""
    return CLAUSE.findall(SET_APART.sub("", text))


def test_no_template_lets_a_clause_break() -> None:
    found = {
        str(path.relative_to(ROOT)): clauses
        for path in (ROOT / "zachetka").rglob("*.html")
        if (clauses := breaking(path.read_text("utf-8")))
    }
    assert not found, "pass the sentence through |typeset"


def test_a_clause_that_would_break_is_found() -> None:
    assert breaking("<p>Срок посчитан (152-ФЗ ст. 20&nbsp;ч.&nbsp;1)</p>") == ["152-ФЗ", "ст. 2"]
    assert breaking("<p>{{ x }} по п. 2.4</p>") == ["п. 2"]
    assert not breaking('<p>{{ "152-ФЗ ст. 20"|typeset }} {% field x text="п. 2.4" %}{{ "ст. 5"|typeset }}</p>')
    for clause in ("152-ФЗ ст. 20 ч. 1", "273-ФЗ ст. 34 ч. 1 п. 3", "ч. 6 ст. 58"):
        assert typeset(clause) == clause.replace(" ", NBSP).replace("-", f"-{WORD_JOINER}")
