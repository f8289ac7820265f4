"""How the journal says what happened: nouns of records, icons of kinds, particulars of the body (п. 2.1)."""

from __future__ import annotations

from typing import Any, Final

from zachetka.access.policy import ROLE_NAMES, Role
from zachetka.core.russian import ROW, counted
from zachetka.ledger.events import EventType
from zachetka.people.fields import PERSONAL_FIELDS

RECORDS: Final = {
    "access.account": "учётная запись",
    "access.roleassignment": "роль",
    "files.storedfile": "файл",
    "jobs.job": "фоновое задание",
    "learning.cohort": "группа",
    "learning.correction": "исправление",
    "learning.enrolment": "зачётная книжка",
    "learning.mark": "оценка",
    "learning.marksheet": "ведомость",
    "learning.order": "приказ",
    "learning.orderline": "строка приказа",
    "learning.verificationtoken": "адрес проверки",
    "ledger.signingkey": "ключ подписи",
    "people.educationdocument": "документ об образовании",
    "people.employee": "работник",
    "people.learner": "слушатель",
    "people.person": "человек",
    "people.personname": "имя",
    "people.posting": "запись о службе",
    "people.upload": "загрузка списка",
    "programs.grade": "значение шкалы",
    "programs.gradingscale": "шкала",
    "programs.module": "модуль",
    "programs.plannedresult": "планируемый результат",
    "programs.program": "программа",
    "programs.programversion": "редакция программы",
    "programs.scaleversion": "редакция шкалы",
    "registers.entry": "запись в журнале регистрации",
    "registers.register": "журнал регистрации",
}
"""Kind of record → its noun; a kind that is not here is said by its own name."""

ICONS: Final = {
    "account": "login-2",
    "role": "user-check",
    "personal_data": "eye",
    "person": "user",
    "name": "signature",
    "education_document": "certificate",
    "learner": "school",
    "employee": "briefcase",
    "posting": "briefcase",
    "file": "file",
    "import": "file-import",
    "list": "download",
    "program": "book",
    "program_version": "book",
    "module": "book",
    "order": "file-text",
    "enrolment": "school",
    "sheet": "table",
    "mark": "pencil",
    "correction": "pencil",
    "record_book": "notebook",
    "register": "list-numbers",
    "number": "list-numbers",
    "ledger": "shield-check",
    "signing_key": "key",
    "cohort": "users-group",
    "summary": "table-column",
}
"""First word of a kind of event → a drawing of tabler.io/icons."""
LOOKS: Final = frozenset(
    {
        EventType.PERSON_READ,
        EventType.PERSONAL_DATA_REVEALED,
        EventType.RECORD_BOOK_READ,
        EventType.RECORD_BOOK_EXPORTED,
    }
)
"""Somebody looked at a person: the answer to «кто смотрел» (152-ФЗ ст. 14)."""

_FIELDS: Final = {one.name: one.label for one in PERSONAL_FIELDS} | {
    "education_document": "документ об образовании",
    "name": "имя",
    "name_basis": "документ о перемене имени",
    "sex": "пол",
    "position": "должность",
}
_FORMS: Final = {"pdf": "PDF", "bundle": "файл доказательств", "xlsx": "XLSX", "csv": "CSV", "edit": "форма правки"}
_LISTS: Final = {
    "learners": "слушатели",
    "upload": "список на проверке",
    "refused": "строки, которые не вошли",
    "summary": "сводная ведомость",
}


def sentence(kind: str) -> str:
    """Return what happened, with a capital letter; a kind of another version of the system is shown as it is."""
    try:
        said = EventType(kind).sentence
    except ValueError:
        return kind
    return said[:1].upper() + said[1:]


def icon(kind: str) -> str:
    """Return the drawing of a kind of event."""
    return ICONS.get(kind.partition(".")[0], "point")


def record(object_type: str, object_id: str) -> str:
    """Return «ведомость № 15»; "" for an event about the system as a whole."""
    if not object_type:
        return ""
    return f"{RECORDS.get(object_type, object_type)} № {object_id}"


def particulars(body: dict[str, Any]) -> str:
    """Return in words what the body says that a reader can use: fields, roles, rows of a file, the outcome of a check."""
    said = [
        ", ".join(_FIELDS.get(str(name), str(name)) for name in _many(body, "fields", "field")),
        ", ".join(ROLE_NAMES[Role(name)] for name in _many(body, "role") if name in ROLE_NAMES),
        f"приказ № {body['order']}" if isinstance(body.get("order"), str) else "",
        _LISTS.get(str(body.get("list")), ""),
        _FORMS.get(str(body.get("form")), ""),
        counted(body["rows"], ROW) if isinstance(body.get("rows"), int) and "list" in body else "",
        _checked(body),
    ]
    return ", ".join(filter(None, said))


def capacity(body: dict[str, Any]) -> str:
    """Return in which roles somebody looked, as recorded at the time."""
    return ", ".join(ROLE_NAMES[Role(name)] for name in _many(body, "roles") if name in ROLE_NAMES)


def _checked(body: dict[str, Any]) -> str:
    if "ok" not in body:
        return ""
    return "всё сошлось" if body["ok"] is True else "найдено расхождение"


def _many(body: dict[str, Any], *names: str) -> list[Any]:
    for name in names:
        value = body.get(name)
        if isinstance(value, list):
            return value
        if isinstance(value, str):
            return [value]
    return []
