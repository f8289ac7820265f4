"""Whom the search of an order finds: by a name, or by the whole СНИЛС for whoever may see it (п. 2.1, 3.8)."""

from __future__ import annotations

import pytest

from zachetka.access.tests.make import make_account
from zachetka.learning.queries.enrolling import found_people
from zachetka.people.intake.tests.make import make_snils
from zachetka.people.tests.make import make_learner


@pytest.mark.clause("3.8")
def test_snils_is_not_read_digit_by_digit_through_an_order(db: None) -> None:
    number = make_snils(7)
    digits = "".join(filter(str.isdigit, number))
    learner, methodist = make_learner(snils=digits), make_account("methodist")
    for length in range(1, 11):
        assert not found_people(methodist, digits[:length], without=[]).exists(), length
    for writing in (digits, number, learner.person.last_name):
        assert list(found_people(methodist, writing, without=[])) == [learner]
    assert not found_people(methodist, number, without=[learner.pk]).exists()
