"""Every step of every lifecycle has an event of its own, a permission of the matrix and a clause (п. 2.1)."""

import importlib
import pkgutil

import pytest

import zachetka
from zachetka.access.policy import MATRIX
from zachetka.lifecycle.steps import Step

pytestmark = pytest.mark.clause("2.1")


def steps() -> dict[str, Step]:
    """Return every step by «module.NAME»."""
    found: dict[str, Step] = {}
    for module in pkgutil.walk_packages(zachetka.__path__, "zachetka."):
        if module.name.rpartition(".")[2] != "lifecycle" or module.name == "zachetka.lifecycle":
            continue
        table = importlib.import_module(module.name)
        found |= {f"{module.name}.{name}": row for name, row in vars(table).items() if isinstance(row, Step)}
    return found


def test_there_are_steps_to_look_at():
    assert len(steps()) >= 10


def test_every_step_has_its_own_event():
    events = [step.event for step in steps().values()]
    assert len(events) == len(set(events))


def test_every_step_names_a_permission_that_somebody_holds():
    for name, step in steps().items():
        assert MATRIX[step.permission], name
        assert step.clause
        assert step.refusal.endswith(".")
        assert step.target not in step.sources
