"""Moodle's web services over REST, read-only (п. 2.4).

One address, `/webservice/rest/server.php`; the token and the name of the function go in the form, never into the address.
An answer is JSON; a refusal is JSON too, with HTTP 200: {"exception": …, "errorcode": "invalidtoken", "message": …}.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Final, NoReturn

from zachetka.core.clock import legal_date
from zachetka.core.errors import RuleViolation
from zachetka.core.text import quoted, tidy
from zachetka.exchange.outbound import Network, Origin, post

CLAUSE: Final = "2.4"
PATH: Final = "/webservice/rest/server.php"
AT_ONCE: Final = 100
"""People asked for in one question."""
LONGEST: Final = 500
"""Characters of one value that we keep."""

REFUSALS: Final = {
    "invalidtoken": "Moodle не узнал токен: выпустите новый и положите в файл ZACHETKA_MOODLE_TOKEN_FILE.",
    "accessexception": "Токену не разрешена функция {function}: добавьте её в службу, для которой он выпущен.",
    "webservicesnotenabled": "В Moodle выключены веб-службы: включите их и протокол REST.",
    "servicenotavailable": "Служба Moodle выключена, или срок её токена кончился.",
    "invalidrecord": "В Moodle нет такого номера: проверьте курс или группу.",
    "invalidrecordunknown": "В Moodle нет такого номера: проверьте курс или группу.",
    "nopermissions": "Пользователю токена в Moodle не хватает прав для {function}.",
    "requireloginerror": "Пользователь токена не может войти в этот курс Moodle: запишите его на курс.",
    "errorcoursecontextnotvalid": "Курс Moodle закрыт для пользователя токена.",
    "maintenance": "Moodle на обслуживании: повторите позже.",
}
"""Code of Moodle's refusal → what to do about it."""


@dataclass(frozen=True, slots=True)
class Cohort:
    """A global group of Moodle."""

    number: int
    name: str
    code: str = ""


@dataclass(frozen=True, slots=True)
class User:
    """A person as Moodle knows them; `more` holds the site's own fields by their titles."""

    number: int
    first_name: str
    last_name: str
    email: str = ""
    id_number: str = ""
    phone: str = ""
    more: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Item:
    """A column of a course's gradebook, with the maximum of its points."""

    number: int
    title: str
    most: Decimal | None


@dataclass(frozen=True, slots=True)
class Grades:
    """The gradebook of a course: its columns, and who got what, None for no grade."""

    course: int
    items: tuple[Item, ...]
    rows: tuple[tuple[User, Mapping[int, Decimal | None]], ...]


@dataclass(frozen=True, slots=True)
class Moodle:
    """A Moodle site that we may read.

    Attributes:
        origin: where it is.
        token: of the user for whom the service is open.
        networks: our own networks in which it may stand.
    """

    origin: Origin
    token: str
    networks: Sequence[Network] = ()

    def cohorts(self) -> list[Cohort]:
        """Return the global groups of the site, by name (core_cohort_get_cohorts)."""
        rows = self._list(self._ask("core_cohort_get_cohorts"))
        found = [Cohort(_number(row, "id"), _text(row, "name"), _text(row, "idnumber")) for row in rows]
        return sorted(found, key=lambda one: (one.name.casefold(), one.number))

    def people(self, cohort: int | None = None) -> list[User]:
        """Return the members of a global group, or everybody with an address (core_user_get_users)."""
        if cohort is None:
            told = self._ask("core_user_get_users", {"criteria[0][key]": "email", "criteria[0][value]": "%"})
            return _sorted(map(_user, self._list(told.get("users") if isinstance(told, dict) else None)))
        numbers = self.members(cohort)
        pieces = [numbers[start : start + AT_ONCE] for start in range(0, len(numbers), AT_ONCE)]
        return _sorted(user for piece in pieces for user in self._users(piece))

    def members(self, cohort: int) -> list[int]:
        """Return who is in a global group (core_cohort_get_cohort_members)."""
        rows = self._list(self._ask("core_cohort_get_cohort_members", {"cohortids[0]": str(cohort)}))
        found = [one for row in rows for one in self._list(row.get("userids")) if _number(row, "cohortid") == cohort]
        if not all(isinstance(one, int) for one in found):
            self._strange("core_cohort_get_cohort_members")
        return found

    def enrolled(self, course: int) -> list[User]:
        """Return everybody enrolled in a course (core_enrol_get_enrolled_users)."""
        return _sorted(map(_user, self._list(self._ask("core_enrol_get_enrolled_users", {"courseid": str(course)}))))

    def grades(self, course: int) -> Grades:
        """Return the gradebook of a course (gradereport_user_get_grade_items, with the people beside it)."""
        told = self._ask("gradereport_user_get_grade_items", {"courseid": str(course)})
        rows = self._list(told.get("usergrades") if isinstance(told, dict) else None)
        users = {user.number: user for user in self.enrolled(course)}
        items: dict[int, Item] = {}
        marked: list[tuple[User, Mapping[int, Decimal | None]]] = []
        for row in rows:
            number = _number(row, "userid")
            last, _, first = _text(row, "userfullname").rpartition(" ")
            grades: dict[int, Decimal | None] = {}
            for cell in self._list(row.get("gradeitems")):
                item = _item(cell)
                items.setdefault(item.number, item)
                grades[item.number] = _decimal(cell.get("graderaw"))
            marked.append((users.get(number) or User(number, first, last), grades))
        return Grades(course, tuple(items.values()), tuple(sorted(marked, key=lambda one: _key(one[0]))))

    def _users(self, numbers: Sequence[int]) -> Iterator[User]:
        asked = {f"values[{place}]": str(number) for place, number in enumerate(numbers)}
        return map(_user, self._list(self._ask("core_user_get_users_by_field", {"field": "id", **asked})))

    def _ask(self, function: str, asked: Mapping[str, str] | None = None) -> Any:
        form = {"wstoken": self.token, "wsfunction": function, "moodlewsrestformat": "json", **(asked or {})}
        answer = post(self.origin, PATH, form, self.networks)
        if answer.status != 200:
            raise _refused(f"Moodle ответил кодом {answer.status}: проверьте адрес и веб-службы.")
        try:
            told = json.loads(answer.body)
        except (ValueError, RecursionError):
            self._strange(function)
        if isinstance(told, dict) and "exception" in told:
            code = str(told.get("errorcode", ""))
            words = REFUSALS.get(code)
            said = quoted(str(told.get("message", "")), 120)
            raise _refused(words.format(function=function) if words else f"Moodle отказал ({code[:40]}): {said}.")
        return told

    def _list(self, told: Any) -> list[Any]:
        if not isinstance(told, list) or not all(isinstance(one, dict | int) for one in told):
            self._strange("")
        return told

    def _strange(self, function: str) -> NoReturn:
        where = f" на {function}" if function else ""
        raise _refused(f"Moodle ответил{where} не теми данными: проверьте адрес, версию и включён ли протокол REST.")


def _refused(sentence: str) -> RuleViolation:
    return RuleViolation(CLAUSE, sentence)


def _number(row: Any, name: str) -> int:
    value = row.get(name) if isinstance(row, dict) else None
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise _refused(f"Moodle ответил не теми данными: нет номера «{name}».")
    return value


def _text(row: Mapping[str, Any], name: str) -> str:
    value = row.get(name)
    return tidy(value)[:LONGEST] if isinstance(value, str) else ""


def _user(row: Any) -> User:
    number = _number(row, "id")
    more: dict[str, str] = {}
    for told in row.get("customfields") or []:
        if isinstance(told, dict) and (title := _text(told, "name")):
            more[title] = _own(told)
    return User(
        number=number,
        first_name=_text(row, "firstname"),
        last_name=_text(row, "lastname"),
        email=_text(row, "email"),
        id_number=_text(row, "idnumber"),
        phone=_text(row, "phone1"),
        more=more,
    )


def _own(told: Mapping[str, Any]) -> str:
    """Return a field of the site itself; a day comes as seconds since 1970."""
    value = _text(told, "value")
    if told.get("type") == "datetime" and value.lstrip("-").isdecimal() and len(value) < 12:
        return f"{legal_date(datetime.fromtimestamp(int(value), UTC)):%d.%m.%Y}" if int(value) else ""
    return value


def _item(cell: Any) -> Item:
    number = _number(cell, "id")
    kind, title = _text(cell, "itemtype"), _text(cell, "itemname")
    if kind == "course":
        title = "Итог курса"
    elif kind == "category":
        title = f"Итог категории {title}".strip()
    return Item(number, title or f"Оценка {number}", _decimal(cell.get("grademax")))


def _decimal(value: Any) -> Decimal | None:
    if value is None or isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return None
    return number if number.is_finite() and 0 <= number <= 1_000_000 else None


def _key(user: User) -> tuple[str, str, int]:
    return user.last_name.casefold(), user.first_name.casefold(), user.number


def _sorted(users: Iterable[User]) -> list[User]:
    return sorted(users, key=_key)
