"""A page costs a fixed number of queries, however many rows it shows (security.md J; п. 3.9)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

import pytest
from django.db import connection
from django.test import Client

from tests.academy import ROLES, Academy
from tests.corpus.canaries import shape
from tests.corpus.crawl import HREF, STATIC
from zachetka.access.models import Account

pytestmark = [pytest.mark.clause("3.9"), pytest.mark.timeout(600)]

MOST_QUERIES: Final = 40
"""Of one page, the visitor's session and rights included."""
MOST_ALIKE: Final = 4
"""Of one text with other values. A list shows fifty rows: whoever asks anew for each row asks fifty times."""
FILES: Final = re.compile(r"/(export|pdf|proof|refused|result|verify_bundle\.py)")
"""Addresses that answer with a file; what they cost is for the tests of tables and forms."""


@contextmanager
def counted() -> Iterator[Counter[str]]:
    """Count the statements of the block by their text without values."""
    asked: Counter[str] = Counter()

    def count(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:  # noqa: FBT001 - Django's signature
        if not sql.startswith(("SAVEPOINT", "RELEASE")):
            asked[sql] += 1
        return execute(sql, params, many, context)

    with connection.execute_wrapper(count):
        yield asked


def pages_of(client: Client) -> Iterator[tuple[str, Counter[str]]]:
    """Follow links from the first page; give one page of each shape with what it asked of the database."""
    waiting, met, known = ["/"], {"/"}, set[str]()
    while waiting:
        address = waiting.pop(0)
        if shape(address) in known:
            continue
        with counted() as asked:
            response = client.get(address)
        if flaws(address, asked):  # what is composed once is composed by now
            with counted() as asked:
                response = client.get(address)
        if response.status_code == 200 and not response.streaming:
            known.add(shape(address))
            yield address, asked
            for link in HREF.findall(response.content.decode()):
                path = link.replace("&amp;", "&").partition("?")[0]
                if path not in met and not path.startswith(STATIC) and not FILES.search(path):
                    met.add(path)
                    waiting.append(path)


def flaws(address: str, asked: Counter[str]) -> list[str]:
    """Return what is wrong with the queries of a page."""
    found = []
    if asked.total() > MOST_QUERIES:
        found.append(f"{address}: {asked.total()} queries")
    found += [f"{address}: {times} times {sql[:200]}" for sql, times in asked.items() if times > MOST_ALIKE]
    return found


@pytest.mark.parametrize("login", ROLES)
def test_no_page_asks_the_database_anew_for_each_of_its_rows(academy: Academy, login: str) -> None:
    visited, found = 0, []
    for address, asked in pages_of(academy.visitor(login)):
        visited += 1
        found += flaws(address, asked)
    assert not found, "\n".join(found)
    assert visited >= 3


def test_a_page_that_asks_for_each_row_is_noticed(academy: Academy) -> None:
    with counted() as asked:
        for account in Account.objects.order_by("pk")[:10]:
            account.refresh_from_db()
    (found,) = flaws("/", asked)
    assert "10 times" in found
