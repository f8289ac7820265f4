"""Slips for a large cohort: hashed with nobody locked, given out in turns (п. 3.8)."""

from __future__ import annotations

from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.contrib.auth.hashers import make_password
from django.db import connections
from django.db.models import F
from django.test import Client
from django.test.utils import CaptureQueriesContext

from zachetka.access.models import Account
from zachetka.access.tests.make import make_account
from zachetka.core.clock import now
from zachetka.learning.actions import admitting
from zachetka.learning.actions.admitting import admit, admit_cohort
from zachetka.learning.models import Cohort
from zachetka.learning.tests.make import make_cohort, make_enrolments

pytestmark = [pytest.mark.clause("3.8"), pytest.mark.usefixtures("collected_statics")]

LOCK = "FOR NO KEY UPDATE"


def methodist_of(cohort: Cohort) -> Account:
    return make_account("methodist", unit=cohort.program_version.program.unit)


def pressed(client: Client, cohort: Cohort, **sent: str) -> list[str]:
    answer = client.post(f"/cohorts/{cohort.pk}/sign-in/", sent)
    assert answer.status_code == 200
    return [slip.login for slip in answer.context["slips"]]


@pytest.mark.parametrize("alone", [False, True])
def test_nobody_is_locked_while_passwords_are_hashed(db: None, monkeypatch: pytest.MonkeyPatch, alone: object) -> None:
    cohort = make_cohort()
    first, *_ = make_enrolments(cohort, 3)
    actor, seen = methodist_of(cohort), []
    asked = CaptureQueriesContext(connections["default"])

    def watched(password: str) -> str:
        seen.append([query for query in asked.captured_queries if LOCK in query["sql"]])
        return make_password(password)

    monkeypatch.setattr(admitting, "make_password", watched)
    monkeypatch.setattr(Account, "set_password", None)
    with asked:
        slips = (
            [admit(first, actor=actor, at=now())] if alone else admit_cohort(cohort, again=False, actor=actor, at=now())
        )
    assert seen == [[]] * len(slips)
    assert [query for query in asked.captured_queries if LOCK in query["sql"]], "the people are locked afterwards"
    for slip in slips:
        assert Account.objects.get(login=slip.login).check_password(slip.password)


def test_who_came_in_while_passwords_were_hashed_keeps_their_own(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    cohort = make_cohort(learners=3)
    actor = methodist_of(cohort)
    came, *others = admit_cohort(cohort, again=False, actor=actor, at=now())
    hashed = admitting._secrets

    def meanwhile(enrolments: Any) -> Any:
        Account.objects.filter(login=came.login).update(initial_until=None)
        return hashed(enrolments)

    monkeypatch.setattr(admitting, "_secrets", meanwhile)
    slips = admit_cohort(cohort, again=True, actor=actor, at=now())
    assert {slip.login for slip in slips} == {slip.login for slip in others}
    assert Account.objects.get(login=came.login).check_password(came.password)
    assert not Account.objects.get(login=others[0].login).check_password(others[0].password)


def test_a_large_cohort_gets_its_slips_in_turns_and_each_person_one_in_a_round(
    db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(admitting, "AT_ONCE", 2)
    cohort = make_cohort(learners=5)
    client = Client()
    client.force_login(methodist_of(cohort))

    def buttons() -> str:
        return unescape(client.get(f"/cohorts/{cohort.pk}/sign-in/").content.decode()).replace("\u00a0", " ")

    logins: list[str] = []
    for said in ("Дать вход: первые 2 из 5", "Дать вход: первые 2 из 3", "Дать вход: 1<"):
        assert said in buttons()
        logins += pressed(client, cohort)
    assert len(set(logins)) == len(logins) == 5
    assert pressed(client, cohort) == []
    Account.objects.filter(login__in=logins).update(initial_until=F("initial_until") - timedelta(hours=2))
    again: list[str] = []
    for said in ("не вошёл: 2 из 5", "не вошёл: 2 из 5", "не вошёл: 1 из 5"):
        assert said in buttons()
        again += pressed(client, cohort, again="1")
    assert sorted(again) == sorted(logins), "nobody's new slip is ended by the next press"
