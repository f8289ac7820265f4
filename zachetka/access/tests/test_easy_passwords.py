"""What everybody tries first is refused as a password; words of one's own are not (п. 3.8; ASVS 6.2.4, 6.2.11)."""

from __future__ import annotations

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from zachetka.access.easy_passwords import EASY, left_over
from zachetka.access.models import Account

pytestmark = pytest.mark.clause("3.8")

HOLDER = Account(login="ryabova.o", display_name="Рябова Ольга Семёновна")


@pytest.mark.parametrize(
    "password",
    [
        "академия1234",
        "АКАДЕМИЯ-2026",
        "Akademiya2026!",
        "frfltvbz1234",
        "моей академии 1",
        "Зачётка-2026-дпо",
        "преподаватель1",
        "prepodavatel'2026",
        "ghtgjlfdfntkm1",
        "slushatel12345",
        "СевероЗападная1",
        "северо-западная академия дпо",
        "дополнительного профессионального образования",
        "парольпароль12",
        "Gfhjkm123456",
        "123456789012",
        "йцукенгшщзхъ",
        "qwertyuiop12345",
        "1qaz2wsx3edc",
        "zxcvbnm,.12345",
        "абвгдежзик123",
        "ааааааааааааааа",
        "котикотикотикоти",
        "рябова2026ольга",
        "hz,jdf2026jkmuf",
        "ryabova.o-12345",
    ],
)
def test_what_is_tried_first_is_refused(password: str) -> None:
    with pytest.raises(ValidationError) as refusal:
        validate_password(password, HOLDER)
    assert EASY in refusal.value.messages


@pytest.mark.parametrize(
    "password",
    [
        "очень длинный пароль 1",
        "сорок два кита плывут",
        "шесть ежей и самовар",
        "верный-пароль-для-проверки",
        "wq7k-3xvd-99tm-b2hf",
        "7xK9mQ2pLw45",
        "моя академия любит чёрный кофе",
        "correct horse battery staple",
    ],
)
def test_words_of_ones_own_and_chance_are_accepted(password: str) -> None:
    validate_password(password, HOLDER)


def test_anothers_name_is_no_known_word() -> None:
    validate_password("рябова2026ольга", Account(login="petrov", display_name="Петров Пётр"))


@pytest.mark.parametrize(
    ("password", "left"),
    [
        ("академия1234", "ия"),
        ("фыва-самовар-9876", "самовар"),
        ("2026 кит 42 кит 7", "кит42кит"),
        ("", ""),
    ],
)
def test_what_is_left_over(password: str, left: str) -> None:
    assert left_over(password) == left
