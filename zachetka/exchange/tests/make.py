"""A Moodle of our own for tests: served on this machine, speaking the documented shapes of its web services."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_network
from typing import Any, Final
from urllib.parse import parse_qs

from zachetka.exchange.moodle import Moodle
from zachetka.exchange.outbound import LEAST_PORT, MOST_PORT, origin_of

TOKEN: Final = "0123456789abcdef0123456789abcdef"
LOOPBACK: Final = (ip_network("127.0.0.0/8"),)

ANNA: Final = {
    "id": 5, "username": "anna", "firstname": "Анна Павловна", "lastname": "Королёва", "fullname": "Королёва Анна Павловна",
    "email": "a@example.ru", "idnumber": "", "phone1": "+7 900 000-00-01", "suspended": False,
    "customfields": [
        {"type": "text", "value": "900-000-001 82", "name": "СНИЛС", "shortname": "snils"},
        {"type": "datetime", "value": "449010000", "name": "Дата рождения", "shortname": "birth"},
        {"type": "text", "value": "синий", "name": "Любимый цвет", "shortname": "colour"},
    ],
}  # fmt: skip
IVAN: Final = {
    "id": 6, "username": "ivan", "firstname": "Иван", "lastname": "Иванов", "fullname": "Иванов Иван",
    "email": "i@example.ru", "idnumber": "ЗК-26-0002",
}  # fmt: skip


def item(number: int, kind: str, name: str | None, raw: float | None, most: float = 100) -> dict[str, Any]:
    """A graded item as `gradereport_user_get_grade_items` tells it."""
    return {
        "id": number, "itemname": name, "itemtype": kind, "itemmodule": "quiz" if kind == "mod" else None,
        "iteminstance": 1, "categoryid": 1, "cmid": 7, "graderaw": raw, "gradeformatted": "-" if raw is None else f"{raw:.2f}",
        "grademin": 0, "grademax": most, "rangeformatted": f"0&ndash;{most:g}", "percentageformatted": "-", "feedback": "",
        "feedbackformat": 0,
    }  # fmt: skip


def grades(anna: float | None = 9, ivan: float | None = None) -> dict[str, Any]:
    """The gradebook of a course with one test of ten points and the total."""
    rows = ((ANNA, anna), (IVAN, ivan))
    return {
        "usergrades": [
            {
                "courseid": 12, "courseidnumber": "", "userid": who["id"], "userfullname": who["fullname"],
                "useridnumber": who.get("idnumber", ""), "maxdepth": 2,
                "gradeitems": [
                    item(31, "mod", "Итоговый тест", raw, 10),
                    item(30, "course", None, None if raw is None else raw * 10),
                ],
            }
            for who, raw in rows
        ],
        "warnings": [],
    }  # fmt: skip


def refusal(code: str, message: str = "Нет доступа") -> dict[str, str]:
    """A refusal as Moodle says it, with HTTP 200."""
    return {"exception": "moodle_exception", "errorcode": code, "message": message}


ANSWERS: Final[dict[str, Any]] = {
    "core_cohort_get_cohorts": [
        {"id": 3, "name": "ПК-26-03", "idnumber": "pk3", "description": "", "descriptionformat": 1, "visible": True},
        {"id": 2, "name": "Все слушатели", "idnumber": None, "description": "", "descriptionformat": 1, "visible": True},
    ],
    "core_cohort_get_cohort_members": [{"cohortid": 3, "userids": [6, 5]}],
    "core_user_get_users": {"users": [ANNA, IVAN], "warnings": []},
    "core_user_get_users_by_field": [IVAN, ANNA],
    "core_enrol_get_enrolled_users": [ANNA, IVAN],
    "gradereport_user_get_grade_items": grades(),
}  # fmt: skip

Reply = Callable[[Mapping[str, str]], Any]


class FakeMoodle:
    """What the site answers, and what it was asked: a form for each question."""

    def __init__(self, url: str, answers: dict[str, Any]) -> None:
        self.url, self.answers = url, answers
        self.asked: list[dict[str, str]] = []
        self.paths: list[str] = []

    @property
    def client(self) -> Moodle:
        """Our own side of it."""
        return Moodle(origin_of(self.url), TOKEN, LOOPBACK)


class Raw:
    """An answer as it is, without JSON around it."""

    def __init__(self, body: bytes, *, status: int = 200, headers: Mapping[str, str] | None = None) -> None:
        self.body, self.status, self.headers = body, status, headers or {}


@contextmanager
def served(answers: Mapping[str, Any] | None = None) -> Iterator[FakeMoodle]:
    """Serve a Moodle for the length of the block; a callable answer is asked each time."""

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
            """Stay quiet."""

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            form = {name: values[0] for name, values in parse_qs(body).items()}
            site.asked.append(form)
            site.paths.append(self.path)
            told = site.answers.get(form.get("wsfunction", ""), refusal("accessexception"))
            if form.get("wstoken") != TOKEN:
                told = refusal("invalidtoken")
            told = told(form) if callable(told) else told
            raw = told if isinstance(told, Raw) else Raw(json.dumps(told, ensure_ascii=False).encode())
            self.send_response(raw.status)
            for name, value in {"Content-Type": "application/json; charset=utf-8", **raw.headers}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(raw.body)))
            self.end_headers()
            self.wfile.write(raw.body)

    server = _server(Handler)
    site = FakeMoodle(f"http://127.0.0.1:{server.server_port}/moodle", {**ANSWERS, **(answers or {})})
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield site
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _server(handler: type[BaseHTTPRequestHandler]) -> ThreadingHTTPServer:
    for port in range(MOST_PORT, LEAST_PORT, -1):
        try:
            return ThreadingHTTPServer(("127.0.0.1", port), handler)
        except OSError:
            continue
    raise AssertionError("no port of a web server is free")
