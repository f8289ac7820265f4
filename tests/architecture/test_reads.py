"""A view takes its records through the policy: `objects` without `visible_to` is a way around it (п. 3.8)."""

import ast
from pathlib import Path

import pytest

import zachetka

pytestmark = pytest.mark.clause("3.8")

ROOT = Path(zachetka.__file__).parent
VIEWS = sorted(path for path in ROOT.rglob("views*/**/*.py") if "tests" not in path.parts) + sorted(
    ROOT.rglob("views.py")
)

ACADEMY_WIDE = ("ScaleVersion.", "HourMinimum.", "CommissionMinimum.", "HourShare.", "GradingScale.", "Unit.")
"""Reference data of the whole academy: public by `access.classes`, nobody's in particular."""


def unscoped(source: str) -> list[int]:
    """Return the lines that read `Model.objects…` of our own models without `visible_to` in the same statement."""
    found = []
    for statement in ast.walk(ast.parse(source)):
        if not isinstance(statement, ast.stmt) or isinstance(
            statement, ast.FunctionDef | ast.ClassDef | ast.If | ast.With
        ):
            continue
        text = ast.unparse(statement)
        if (
            ".objects" in text
            and "visible_to(" not in text
            and "reach(" not in text  # what `visible_to` itself is made of
            and not any(f"{name}objects" in text for name in ACADEMY_WIDE)
        ):
            found.append(statement.lineno)
    return found


def test_there_are_views_to_look_at():
    assert len(VIEWS) >= 3


@pytest.mark.parametrize("path", VIEWS, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_view_reads_records_only_through_the_policy(path):
    lines = unscoped(path.read_text(encoding="utf-8"))
    assert not lines, f"{path.relative_to(ROOT)}: {lines}"


def test_a_read_past_the_policy_would_be_noticed():
    assert unscoped("def view(request):\n    return Person.objects.get(pk=1)\n") == [2]
