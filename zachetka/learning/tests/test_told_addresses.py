"""Whoever is told of a sheet can open what the notice leads to (п. 2.4, 3.8)."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from zachetka.access.tests.make import make_account
from zachetka.learning.actions.handovers import hand_over_sheet
from zachetka.learning.actions.resits import cancel_resit
from zachetka.learning.models import MarkSheet
from zachetka.learning.tests.make import NOON, make_mark, teacher_of
from zachetka.learning.tests.make_debts import Debtors, noon
from zachetka.notices.models import Notice
from zachetka.people.tests.make import make_lecturer

pytestmark = [pytest.mark.clause("2.4"), pytest.mark.django_db, pytest.mark.usefixtures("collected_statics")]

DAY = date(2026, 4, 15)


def opened(client: Client, kind: str) -> dict[str, str]:
    """Open as its reader what each notice of `kind` leads to; return the address by the login of the reader."""
    found = Notice.objects.filter(kind=kind).select_related("account")
    for one in found:
        client.force_login(one.account)
        assert client.get(one.url).status_code == 200, f"{one.title}: {one.url}"
    return {one.account.login: one.url for one in found}


def test_a_member_of_a_commission_opens_what_they_are_told_of_a_resit_appointed_and_taken_back(client: Client) -> None:
    debtors = Debtors()
    (one,) = debtors.people
    learner, chair = make_account("learner", person_uid=one.human_uid), teacher_of(debtors.sheet)
    debtors.sit(date(2026, 3, 1))
    judges = [make_lecturer(unit=debtors.sheet.teacher.unit) for _ in range(2)]
    members = [teacher_of(MarkSheet(teacher=judge)) for judge in judges]
    Notice.objects.all().delete()
    resit = debtors.appoint(DAY, commission=judges, basis="приказ № 41-к от 01.04.2026")
    book, sheet, stays = f"/record-books/{one.pk}/", f"/sheets/{resit.pk}/", "/notices/?show=all"
    addresses = {learner.login: book, chair.login: sheet, **{member.login: stays for member in members}}
    assert opened(client, "resit.appointed") == addresses
    client.force_login(members[0])
    assert client.get(sheet).status_code == 404, "negative control: the sheet is closed to whoever does not keep it"
    cancel_resit(resit, reason="нет кворума", actor=debtors.methodist, at=noon(date(2026, 4, 14)))
    assert opened(client, "resit.cancelled") == addresses


def test_whoever_handed_over_their_only_sheet_opens_what_they_are_told_of_it(client: Client) -> None:
    sheet = make_mark(closed=True).sheet
    before, new = teacher_of(sheet), make_lecturer()
    methodist = make_account("methodist", unit=sheet.cohort.program_version.program.unit)
    hand_over_sheet(sheet, teacher=new, basis="приказ № 52-к", actor=methodist, at=NOON)
    told = opened(client, "sheet.handed_over")
    assert told == {
        before.login: "/notices/?show=all",
        teacher_of(MarkSheet(teacher=new)).login: f"/sheets/{sheet.pk}/",
    }
    client.force_login(before)
    assert client.get(f"/cohorts/{sheet.cohort.code}/sheet/").status_code == 404, "negative control"


def test_a_member_who_teaches_the_group_something_else_opens_its_grid(client: Client) -> None:
    debtors = Debtors()
    debtors.sit(date(2026, 3, 1))
    other = make_lecturer(unit=debtors.sheet.teacher.unit)
    hand_over_sheet(debtors.sheet, teacher=other, basis="приказ № 52-к", actor=debtors.methodist, at=noon(DAY))
    members = [other, make_lecturer(unit=other.unit)]
    debtors.appoint(DAY, commission=members, basis="приказ № 41-к", teacher=make_lecturer(unit=other.unit))
    told = opened(client, "resit.appointed")
    assert told[teacher_of(MarkSheet(teacher=other)).login] == reverse(
        "learning:cohort-sheet", args=[debtors.cohort.code]
    )
