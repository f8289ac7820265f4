"""A page costs a fixed number of queries, however many rows it shows (security.md J; п. 3.9).

Counted on the walk of each role through an academy (`tests/corpus/walks.py`), of every page that links lead to.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pytest_django import DjangoDbBlocker

from tests.academy import ROLES, Academy, opened
from tests.corpus.walks import Caged, Walks
from tests.counted import counted, flaws
from zachetka.access.models import Account
from zachetka.postgres.address import Place

pytestmark = [pytest.mark.clause("3.9"), pytest.mark.timeout(600)]


@pytest.mark.parametrize("login", ROLES)
def test_no_page_asks_the_database_anew_for_each_of_its_rows(walks: Walks, login: str) -> None:
    counts = [one for one in walks(login).met if one.asked]
    assert [flaw for one in counts for flaw in one.flaws] == []
    assert len(counts) >= 3
    assert min(one.asked for one in counts) >= 2, "a session and an account at least"


@pytest.fixture
def academy(database_server: Place, caged: Caged, django_db_blocker: DjangoDbBlocker) -> Iterator[Academy]:
    """The academy as it was before the walks."""
    with opened(database_server, caged.template, django_db_blocker) as copy:
        yield copy


def test_a_page_that_asks_for_each_row_is_noticed(academy: Academy) -> None:
    with counted() as asked:
        for account in Account.objects.order_by("pk")[:10]:
            account.refresh_from_db()
    (found,) = flaws("/", asked)
    assert "10 times" in found
