"""Several people appoint one resit at once: one sheet, one event (273-ФЗ ст. 58)."""

from __future__ import annotations

from datetime import date

import pytest

from tests.at_once import at_once
from zachetka.learning.models import MarkSheet, SheetMember
from zachetka.learning.tests.make_debts import Debtors
from zachetka.ledger.models import Event
from zachetka.postgres.address import Place


@pytest.mark.clause("273-ФЗ ст. 58 ч. 5")
def test_six_who_appoint_one_resit_at_once_open_one_sheet(fresh_database: Place) -> None:
    debtors = Debtors()
    came = at_once(*[lambda: debtors.appoint(date(2026, 3, 1))] * 6)
    assert {sheet.pk for sheet in came if isinstance(sheet, MarkSheet)} == {MarkSheet.objects.get(attempt=2).pk}
    assert (SheetMember.objects.count(), Event.objects.filter(type="sheet_member.named").count()) == (1, 1)
