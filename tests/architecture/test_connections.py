"""The tests' own guard: no thread of a test leaves its connection to the database open."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from pytest_django import DjangoDbBlocker

from tests.databases import connected_to
from zachetka.postgres.address import Place


def forget() -> None:
    connection.ensure_connection()


@pytest.mark.clause("3.9")
def test_a_connection_that_a_thread_forgets_is_found_at_the_end_of_its_own_test(
    fresh_database: Place, django_db_blocker: DjangoDbBlocker
) -> None:
    with (
        ThreadPoolExecutor(1) as thread,
        pytest.raises(AssertionError, match="a thread that opens connections"),
        connected_to(fresh_database.database, django_db_blocker),
    ):
        thread.submit(forget).result()
