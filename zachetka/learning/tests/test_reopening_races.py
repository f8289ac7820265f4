"""Two who decide about one sheet at once (п. 2.2)."""

from __future__ import annotations

from functools import partial

import pytest

from tests.at_once import at_once
from zachetka.access.tests.make import make_account
from zachetka.core.errors import IllegalStep
from zachetka.learning.actions.reopenings import grant_reopening
from zachetka.learning.models import Reopening
from zachetka.learning.tests.make import NOON, make_mark, make_reopening
from zachetka.ledger.models import Event
from zachetka.postgres.address import Place


@pytest.mark.clause("2.2")
def test_three_heads_at_once_open_a_sheet_once(fresh_database: Place) -> None:
    asked = make_reopening(make_mark(closed=True).sheet)
    heads = [make_account("head") for _ in range(3)]
    results = at_once(*(partial(grant_reopening, asked, actor=head, at=NOON) for head in heads))
    assert len([one for one in results if isinstance(one, Reopening)]) == 1
    assert len([one for one in results if isinstance(one, IllegalStep)]) == 2
    assert Event.objects.filter(type="sheet.reopened").count() == 1
