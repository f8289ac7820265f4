"""A small demo academy in a database of its own: built once a run, copied for each module that asks."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

import pytest
from django.test import Client, override_settings
from pytest_django import DjangoDbBlocker

from tests.databases import connected_to, copied
from zachetka.postgres.address import Place

PASSWORD = "long-enough-for-tests"
LEARNERS = 60
ROLES = (
    "learner", "teacher", "methodist", "registrar", "secretary", "chair", "archivist", "inspector", "head", "privacy",
    "admin", "security",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Academy:
    """The academy of a module of tests; commits are real and stay for the module."""

    place: Place

    def visitor(self, login: str) -> Client:
        """Return a client that has signed in as the demo account `login`."""
        from zachetka.access.models import Account

        client = Client(raise_request_exception=False)
        client.force_login(Account.objects.get(login=login))
        return client


@pytest.fixture(scope="session")
def academy_template(
    database_server: Place, database_template: str, django_db_blocker: DjangoDbBlocker
) -> Iterator[str]:
    """A database with the demo academy of this run, sealed."""
    from zachetka.core.clock import now
    from zachetka.demo import build_academy
    from zachetka.ledger.sealer import seal

    with copied(database_server, database_template) as name:
        with connected_to(name, django_db_blocker), django_db_blocker.unblock():
            build_academy(learners=LEARNERS, seed=1, password=PASSWORD, at=now(), progress=lambda _done, _total: None)
            seal(now())
        yield name


@pytest.fixture(scope="module")
def academy(
    database_server: Place, academy_template: str, collected_statics: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[Academy]:
    """The academy of this module; do not mix with `db` in one module."""
    with opened(database_server, academy_template, django_db_blocker) as copy:
        yield copy


@contextmanager
def opened(server: Place, template: str, blocker: DjangoDbBlocker) -> Iterator[Academy]:
    """Keep a copy of the academy for the length of the block; what was connected to before is so again after it.

    A walk through all of it may take longer than a confirmation lasts: here it lasts a day.
    """
    patient = override_settings(CONFIRMATION_TERM=timedelta(days=1))
    with patient, copied(server, template) as name, connected_to(name, blocker), blocker.unblock():
        yield Academy(Place(server.data_dir, database=name))
