"""A ledger of a test's own: database, trial tables, keys and kept checkpoints."""

from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from zachetka.ledger.sealer import Sealer
from zachetka.ledger.tests.bundles import Made, make_bundle
from zachetka.ledger.tests.make import (
    NOON,
    make_grade,
    make_mark,
    make_marks,
    make_tables,
)
from zachetka.postgres.address import Place


@pytest.fixture
def ledger(fresh_database: Place, settings: Settings, tmp_path: Path) -> Place:
    """A fresh database with the trial tables; keys and kept checkpoints go to the test's own folder."""
    settings.DATA_DIR = tmp_path
    settings.KEYS_DIR = tmp_path / "keys"
    make_tables(fresh_database)
    return fresh_database


@pytest.fixture
def made(ledger: Place) -> Made:
    """A bundle that a stranger accepts."""
    return make_bundle()


@pytest.fixture
def sealed(ledger: Place) -> Place:
    make_marks(40, grade=make_grade())
    Sealer(batch=8).seal(NOON)
    make_mark()
    make_mark()
    return ledger
