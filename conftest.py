"""Fixtures of every test come from `tests/`: databases, the browser, no network (see each file)."""

import gc
import os
from pathlib import Path
from typing import Any, Final

import pytest
from xdist.scheduler import LoadFileScheduling  # type: ignore[import-untyped]

pytest_plugins = ["tests.databases", "tests.network", "tests.browser", "tests.academy", "tests.corpus.walks"]

LONGEST: Final = (
    "tests/corpus/test_forms.py",
    "tests/journeys/test_every_page.py",
    "tests/corpus/test_canary.py",
    "tests/corpus/test_requests.py",
    "tests/corpus/test_statements.py",
    "tests/corpus/test_accepted.py",
    "tests/journeys/test_queries.py",
    "zachetka/cli/tests/test_run.py",
    "tests/rights/test_every_address.py",
    "tests/rights/test_anew.py",
    "tests/corpus/test_lists.py",
    "zachetka/cli/tests/test_demo.py",
    "zachetka/demo/tests/test_academy.py",
    "tests/corpus/test_enumeration.py",
    "tests/corpus/test_campaign.py",
    "tests/journeys/test_second_factor.py",
    "tests/faults/test_bodies.py",
    "zachetka/learning/tests/test_sheet_journey.py",
    "tests/corpus/test_foreign.py",
    "tests/journeys/test_spine.py",
    "zachetka/web/tests/test_sight.py",
)
"""Files of more than half a minute or of one long test. A file is one worker's: begun last, it would leave the others idle."""

_PLACES: Final = {Path(__file__).parent / file: place for place, file in enumerate(LONGEST)}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the longest files; `--no-loadscope-reorder` in pyproject.toml lets it stand."""
    items.sort(key=lambda item: _PLACES.get(item.path, len(_PLACES)))


SHARED_WALKS: Final = (
    *(f"tests/corpus/test_{name}.py" for name in ("canary", "forms", "requests", "statements", "accepted")),
    "tests/journeys/test_queries.py",
)
"""Files that ask of the same walks (`tests/corpus/walks.py`)."""


class Together(LoadFileScheduling):  # type: ignore[misc]
    """A file is one worker's, and files that ask of the same walks are one worker's too."""

    def _split_scope(self, nodeid: str) -> str:
        file = str(super()._split_scope(nodeid))
        return SHARED_WALKS[0] if file in SHARED_WALKS else file


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """Return how many workers `-n auto` means: one more than there are cores.

    Each of them waits now and then, for the database, a browser, a process that it has started.
    """
    return len(os.sched_getaffinity(0)) + 1


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Together | None:
    """Deal files out; another `--dist` is left as it is."""
    return Together(config, log) if config.getoption("dist") == "loadfile" else None


def pytest_collection_finish() -> None:
    """Leave what is loaded by now out of every collection of garbage, as the web server does: it lives to the end."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)
