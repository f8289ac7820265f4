"""What the database refuses stays out of our log (п. 3.8, 152-ФЗ ст. 19); its own: `postgres/tests/test_logs.py`."""

from __future__ import annotations

import logging
from collections.abc import Callable
from io import StringIO

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client

from zachetka.core.logs import OneLine

pytestmark = [pytest.mark.clause("3.8"), pytest.mark.django_db]

CANARY = "112-233-445 95\n\nNext"
INSERT = "INSERT INTO access_signinthrottle (key, window_started_at, failures) VALUES "
REFUSED = {
    # name: (rows, a word of the error)
    "a number known already": ("(%(canary)s, now(), 1), (%(canary)s, now(), 1)", "duplicate key"),
    "a row that breaks a rule": ("(%(canary)s, now(), -1)", "violates check"),
    "a row without a value": ("(%(canary)s, now(), NULL)", "not-null"),
}


def logged(formatter: logging.Formatter, raising: Callable[[], object]) -> str:
    """Return what a handler with `formatter` writes of an error, told as a traceback and in a message."""
    out = StringIO()
    handler = logging.StreamHandler(out)
    handler.setFormatter(formatter)
    log = logging.getLogger("zachetka.test.logs")
    log.propagate = False
    log.addHandler(handler)
    try:
        raising()
    except Exception as raised:
        log.exception("not saved: %s", raised)
    finally:
        log.removeHandler(handler)
    return out.getvalue()


def plainly(rows: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(INSERT + rows, {"canary": CANARY})


def wrapped(rows: str) -> None:
    try:
        plainly(rows)
    except DatabaseError as error:
        raise RuntimeError(f"while saving: {error}") from error


def grouped(rows: str) -> None:
    try:
        plainly(rows)
    except DatabaseError as error:
        raise ExceptionGroup("several", [error]) from None


@pytest.mark.parametrize("name", REFUSED)
@pytest.mark.parametrize("raising", [plainly, wrapped, grouped])
def test_our_log_names_the_error_and_not_the_row(name: str, raising: Callable[[str], None]) -> None:
    rows, error = REFUSED[name]
    told = logged(OneLine(), lambda: raising(rows))
    assert error in told
    assert "Traceback" in told
    assert "112-233-445" not in told
    assert "Next" not in told
    assert "112-233-445" in logged(logging.Formatter(), lambda: raising(rows))


@pytest.mark.parametrize(
    ("request_is", "log"),
    [
        ({"HTTP_HOST": "evil.example"}, "django.security.DisallowedHost"),
        ({"HTTP_HOST": "evil.example\r\n2026 ERROR"}, "django.security.DisallowedHost"),
    ],
)
def test_a_request_with_a_foreign_host_is_one_line_of_warning(request_is: dict[str, str], log: str) -> None:
    out = StringIO()
    handler = logging.StreamHandler(out)
    handler.setFormatter(OneLine())
    logging.getLogger(log).addHandler(handler)
    try:
        assert Client().get("/accounts/login/", **request_is).status_code == 400  # type: ignore[arg-type]
    finally:
        logging.getLogger(log).removeHandler(handler)
    assert out.getvalue().count("\n") == 1
    assert f" WARNING {log}: Invalid HTTP_HOST header: 'evil.example" in out.getvalue()
    assert "Traceback" in logged(OneLine(), lambda: 1 / 0)  # the control: of our own faults all is told
