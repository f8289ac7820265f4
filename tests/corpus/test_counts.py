"""E11 of the bad-input corpus: what is counted for somebody counts nothing that is not theirs (п. 3.8)."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client

from tests.academy import Academy
from tests.corpus.canaries import plant
from tests.corpus.crawl import unhurried
from zachetka.core.clock import now

pytestmark = [pytest.mark.clause("3.8"), pytest.mark.timeout(300)]

COUNTING = ("/", "/cohorts/", "/record-books/", "/sheets/", "/programs/", "/search/?q=а", "/orders/", "/corrections/")


def counted(client: Client) -> dict[str, list[str]]:
    """Return every number that a page shows: of its rows, pages, tabs and badges."""
    found = {}
    for address in COUNTING:
        unhurried()
        answer = client.get(address)
        text = re.sub(r"<script.*?</script>|<[^>]+>", " ", answer.content.decode(), flags=re.DOTALL)
        found[address] = [str(answer.status_code), *re.findall(r"(?<![\d:.])\d+(?![\d:.])", text)]
    return found


def test_a_record_of_another_unit_moves_no_number_of_mine_e11(academy: Academy) -> None:
    before = {login: counted(academy.visitor(login)) for login in ("teacher", "secretary", "chair", "learner", "head")}
    plant("foreign", now() - timedelta(hours=2))
    after = {login: counted(academy.visitor(login)) for login in before}
    assert after["head"] != before["head"], "the negative control: whoever sees everything sees one more"
    moved = {
        (login, address)
        for login in before
        for address in COUNTING
        if login != "head" and after[login][address] != before[login][address]
    }
    assert moved == set()
