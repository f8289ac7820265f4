"""The demo academy: the same for the same seed, whole, and provable (п. 2.1)."""

from datetime import UTC, datetime

import pytest
from django.db.models import Count

from zachetka.demo import ACCOUNTS, build_academy
from zachetka.demo.catalogue import CATALOGUE
from zachetka.demo.people import FATHERS, Strangers, patronymic_of, snils_of
from zachetka.learning.models import Cohort, Correction, Enrolment, Mark, Order
from zachetka.ledger.sealer import seal
from zachetka.ledger.verification import verify
from zachetka.people.rules.snils import is_valid
from zachetka.programs.models import ProgramVersion

pytestmark = pytest.mark.clause("2.1")

AT = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


def told() -> dict[str, object]:
    """Return what an academy looks like, without anything that chance or the clock decides."""
    return {
        "cohorts": list(Cohort.objects.order_by("pk").values_list("code", "starts_on")),
        "people": list(Enrolment.objects.order_by("pk").values_list("number", "learner__person__snils", "state")),
        "marks": list(Mark.objects.order_by("pk").values_list("grade__symbol", "score", "recorded_at")),
        "orders": list(Order.objects.order_by("pk").values_list("number", "kind", "state")),
    }


@pytest.mark.parametrize("place", range(1, 2000, 37))
def test_every_snils_of_the_demo_is_valid_and_its_own(place):
    assert is_valid(snils_of(place))
    assert snils_of(place) != snils_of(place + 1)


PATRONYMICS = """
Александрович Александровна  Алексеевич Алексеевна  Андреевич Андреевна  Борисович Борисовна  Викторович Викторовна
Владимирович Владимировна  Денисович Денисовна  Дмитриевич Дмитриевна  Егорович Егоровна  Иванович Ивановна
Игоревич Игоревна  Константинович Константиновна  Максимович Максимовна  Михайлович Михайловна  Николаевич Николаевна
Олегович Олеговна  Павлович Павловна  Петрович Петровна  Романович Романовна  Семёнович Семёновна  Сергеевич Сергеевна
Степанович Степановна  Фёдорович Фёдоровна  Юрьевич Юрьевна
"""
"""As dictionaries have them, in the order of the fathers."""


def test_every_patronymic_of_the_demo_is_a_russian_one():
    assert [patronymic_of(father, sex) for father in FATHERS for sex in "mf"] == PATRONYMICS.split()
    assert len(FATHERS) == len(set(FATHERS))
    with pytest.raises(KeyError):
        patronymic_of("Никита", "m")  # no rule guesses: a father's name comes with its patronymic


def test_the_catalogue_has_twelve_programmes_of_all_four_kinds():
    assert len(CATALOGUE) == 12
    assert len({plan.kind for plan in CATALOGUE}) == 4


@pytest.fixture
def academy(fresh_database, settings, tmp_path):
    """An academy with keys and kept checkpoints of its own."""
    settings.DATA_DIR, settings.KEYS_DIR = tmp_path, tmp_path / "keys"
    build_academy(learners=40, seed=3, password="long-enough-for-tests", at=AT, progress=lambda _d, _t: None)
    return fresh_database


def test_the_academy_is_lived_whole_and_provable(academy):
    states = dict(Order.objects.values_list("state").annotate(n=Count("pk")))
    assert Enrolment.objects.count() >= 30
    assert ProgramVersion.objects.filter(state="submitted").exists()
    assert Correction.objects.exists()
    assert states["approved"] >= 2
    seal(AT)
    assert verify().ok


def test_every_demo_account_exists_and_can_sign_in(academy):
    from zachetka.access.models import Account

    for login, _ in ACCOUNTS:
        assert Account.objects.get(login=login).check_password("long-enough-for-tests"), login


def test_people_of_the_demo_differ():
    from datetime import date
    from random import Random

    strangers = Strangers(Random(1), date(2026, 11, 23))  # noqa: S311 - the same people each time
    people = [next(strangers) for _ in range(500)]
    assert len({one.snils for one in people}) == 500
    assert len({(one.last_name, one.first_name, one.patronymic) for one in people}) > 400
