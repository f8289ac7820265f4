"""The Moodle of the academy as the operator named it: its address, the token in a file, our networks (п. 2.4, 3.8)."""

from __future__ import annotations

import stat
from pathlib import Path
from typing import Final

from django.conf import settings

from zachetka.core.errors import RuleViolation
from zachetka.exchange.moodle import Moodle
from zachetka.exchange.outbound import origin_of

CLAUSE: Final = "2.4"
LONGEST_TOKEN: Final = 200


def is_named() -> bool:
    """True when the operator named a Moodle."""
    return bool(settings.MOODLE_URL)


def moodle() -> Moodle:
    """Return the Moodle of the academy. The token is read here, by the worker and the console, and kept nowhere.

    Raises:
        RuleViolation: none is named, its address leads nowhere that we go, or the token cannot be read.
    """
    if not is_named():
        raise RuleViolation(CLAUSE, "Moodle не подключён: администратор указывает ZACHETKA_MOODLE_URL и файл токена.")
    return Moodle(origin_of(settings.MOODLE_URL), _token(settings.MOODLE_TOKEN_FILE), settings.EXCHANGE_NETWORKS)


def _token(path: Path | None) -> str:
    if path is None:
        raise RuleViolation(CLAUSE, "Не указан файл токена Moodle: ZACHETKA_MOODLE_TOKEN_FILE.")
    try:
        if path.stat().st_mode & stat.S_IROTH:
            raise RuleViolation(CLAUSE, f"Файл токена Moodle читает кто угодно: chmod 600 {path.name}.")
        token = path.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise RuleViolation(CLAUSE, f"Файл токена Moodle не читается: {path.name}.") from error
    if not token or len(token) > LONGEST_TOKEN or not token.isalnum():
        raise RuleViolation(CLAUSE, "В файле токена Moodle не токен: нужна одна строка из букв и цифр.")
    return token
