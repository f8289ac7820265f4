"""Groups A, B, C, G, J, N of the bad-input corpus as values that a field may be given; each with its id."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Final, TypeVar

Case = TypeVar("Case")
CAMPAIGN: Final = os.environ.get("ZACHETKA_CORPUS") == "whole"

TEXTS: Final[dict[str, str]] = {
    "A1": "О'Коннор",
    "A2": "Д’Артаньян-Иванова",
    "A3": "",
    "A4": "Алиев Али Вели оглы",
    "A5": "Э",
    "A6": "Ёлкина",
    "A7": "Ж" * 60 + "-" + "Щ" * 59,
    "A8": "Smith",
    "A9": "Нгуен Тхи Ань",
    "A10": "Иван4",
    "A11": " \u00a0\u200b ",
    "A12": "  Иван   Ильич  ",
    "A13": "Иванoв",
    "A14": "и\u0306",
    "A15": "Иван\u202eов",
    "A16": "Иван\x00ов",
    "A17": "\ud800",
    "A18": "Иван\x07ов",
    "A19": "я" * 100_000,
    "A21": "Иван😀",
    "A22": "е" + "\u0301" * 50,
    "A23": '<script>alert(1)</script>"><svg onload=alert(1)>',
    "A24": '{{7*7}}{% load x %}#read("x")${7*7}',
    "A25": "'; DROP TABLE people_person; --",
    "A26": "строка\nещё\u2028одна",
    "B1": "900-000-001 83",
    "B2": "000-000-000 00",
    "B3": "001-001-998 00",
    "B4": "900 000 001 82",
    "B10": "DIP-2009/77",
    "B11": "01.01.2999",
    "B12": "01.01.1850",
    "B13": "29.02.2023",
    "B14": "29.02.2024",
    "B15": "31.04.2020",
    "B16": "03/04/2020",
    "B17": "01.01.0001",
    "B18": "2024-01-01T00:00+14",
    "B24": "１２３",
    "C1": "0",
    "C2": "-16",
    "C5": "1e400",
    "C6": "NaN",
    "C6b": "Infinity",
    "C7": "72,5",
    "C8": "७२",
    "C9": "9223372036854775808",
    "C10": "101",
    "C11": "-0",
    "C16": "007",
    "E4": "-password",
    "E6": "user__password__startswith",
    "G21": "=HYPERLINK(1)",
    "empty": "",
    "uuid": "00000000-0000-4000-8000-000000000000",
}
"""What a person, a paste, a script or an attacker puts into a field."""


def dealt(place: int, cases: Sequence[Case], parts: int) -> Sequence[Case]:
    """Return the cases that the `place`-th form or address gets: a share, dealt round, so that every case is put
    somewhere in each run; all of them in the campaign (`make corpus`).
    """
    return cases if CAMPAIGN else cases[place % parts :: parts]
