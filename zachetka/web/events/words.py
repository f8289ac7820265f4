"""How the journal says what happened: nouns of records, icons of kinds, particulars of the body (п. 2.1)."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.db.models import Model

from zachetka.access.policy import ROLE_NAMES, Role
from zachetka.core.clock import LEGAL_ZONE
from zachetka.core.russian import ROW, TIME, clock, counted
from zachetka.learning.actions.looks import Section
from zachetka.learning.record_page import SECTIONS
from zachetka.ledger.events import EventType
from zachetka.people.fields import PERSONAL_FIELDS

OTHERS: Final = {
    "access.session": "сеанс",
    "jobs.job": "фоновое задание",
    "ledger.event": "событие",
    "ledger.signingkey": "ключ подписи",
    "notices.notice": "уведомление",
    "people.resemblance": "похожие карточки",
}
"""Nouns of records that commit to nothing; the others say theirs themselves (`Provable.noun`)."""

ICONS: Final = {
    "access": "lock-x",
    "account": "login-2",
    "second_factor": "device-mobile",
    "recovery_code": "list-numbers",
    "factor_reset": "device-mobile-off",
    "outside_identity": "plug-connected",
    "role": "user-check",
    "personal_data": "eye",
    "emergency": "lock-open",
    "matrix": "table",
    "person": "user",
    "name": "signature",
    "education_document": "certificate",
    "learner": "school",
    "subject_data": "eye",
    "subject_request": "mail-question",
    "consent": "writing-sign",
    "withdrawal": "writing-sign-off",
    "destruction_act": "file-shredder",
    "destruction_line": "file-shredder",
    "record": "file-shredder",
    "hold": "lock",
    "distinction": "users",
    "employee": "briefcase",
    "posting": "briefcase",
    "file": "file",
    "job": "trash",
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
    "resemblance": "users",
    "register": "list-numbers",
    "number": "list-numbers",
    "ledger": "shield-check",
    "merge": "users-group",
    "signing_key": "key",
    "cohort": "users-group",
    "cohort_marks": "eye",
    "summary": "table-column",
    "personal_file": "folder",
}
"""First word of a kind of event → a drawing of tabler.io/icons."""
CODE_SHOWN: Final = 13
"""Signs of an identifier of which no number is made: a code of a cohort whole, of others the beginning."""


def _in_a_sentence(label: str) -> str:
    """Return the title of a field as it stands in the middle of a sentence: «Дата рождения» → «дата рождения», «СНИЛС»."""
    return label if label[1:2].isupper() else label[:1].lower() + label[1:]


_FIELDS: Final = {one.name: _in_a_sentence(one.label) for one in PERSONAL_FIELDS} | {
    "education_document": "документ об образовании",
    "name": "имя",
    "name_basis": "документ о перемене имени",
    "sex": "пол",
    "position": "должность",
    "learners": "состав",
    "equivalences": "соответствие дисциплин",
    "modules": "учебный план",
    "results": "планируемые результаты",
}
_FORMS: Final = {
    "pdf": "PDF",
    "bundle": "файл доказательств",
    "xlsx": "XLSX",
    "csv": "CSV",
    "zip": "архив",
    "edit": "форма правки",
}
LISTS: Final = {
    "learners": "слушатели",
    "emergencies": "экстренный доступ",
    "events": "журнал событий",
    "accounts": "учётные записи",
    "awards": "поощрения",
    "cohorts": "группы",
    "corrections": "исправления оценок",
    "destruction-acts": "акты об уничтожении",
    "reopenings": "повторные открытия ведомостей",
    "doubles": "возможные двойники",
    "employees": "работники",
    "orders": "приказы",
    "programs": "программы",
    "roles": "роли",
    "sheets": "ведомости",
    "uploads": "загруженные списки",
    "upload": "список на проверке",
    "refused": "строки, которые не вошли",
    "summary": "сводная ведомость",
    "matrix": "планируемые результаты и контроль",
    "record_books": "зачётные книжки группы",
    "registers": "книги регистрации",
    "entries": "номера книги регистрации",
    "jobs": "фоновые задания",
    "subject-requests": "запросы субъектов данных",
    "marks": "оценки, которые не вошли",
}
_OF_A_GROUP: Final = {
    Section.GRID: "ведомость группы",
    Section.SHEET: "столбец ведомости",
    Section.SUMMARY: "сводная ведомость",
    Section.PLANNED: "планируемые результаты",
    Section.DEBTS: "задолженности",
    Section.ADMISSION: "допуск",
    Section.COHORT: "страница группы",
    Section.CLOSING: "закрытие столбца",
    Section.RESIT: "назначение пересдачи",
    Section.FILE: "оценки из файла",
    Section.DRAFT: "проект приказа",
    Section.ORDER: "приказ",
    Section.REOPENING: "повторное открытие ведомости",
    Section.CORRECTIONS: "исправления оценок",
}
_OF_A_BOOK: Final = {
    **{section or "results": f"«{title}»" for section, title in SECTIONS.items()},
    "history": "история оценки",
    "excuses": "уважительные причины",
    "match": "соответствие дисциплин",
}
PARTS: Final[dict[str, dict[str, str]]] = {
    "learning.cohort": {section.value: said for section, said in _OF_A_GROUP.items()},
    "learning.enrolment": _OF_A_BOOK,
}
"""Kind of record → the parts that are looked at apart → how each is called."""


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


def record(object_type: str, object_id: str, own: str = "") -> str:
    """Return «зачётная книжка № ЗК-26-0145» by what the record calls itself, else «ведомость, запись 15».

    The place in the table is nobody's number: it is not called one. "" for an event about the system as a whole.
    """
    if not object_type:
        return ""
    return f"{noun_of(object_type)} {own}" if own else f"{noun_of(object_type)}, запись {object_id}"


def noun_of(object_type: str) -> str:
    """Return the noun of a kind of record; a kind of another version of the system is said by its own name."""
    model = _model(object_type)
    return getattr(model, "noun", "") or OTHERS.get(object_type, object_type)


def field_of(object_type: str, name: str) -> str:
    """Return what people call a field of a record, or its own name, so that nothing that was told is lost."""
    if name in _FIELDS:
        return _FIELDS[name]
    model = _model(object_type)
    try:
        found = model._meta.get_field(name) if model else None
    except FieldDoesNotExist:
        return name
    return str(getattr(found, "verbose_name", name)) if found else name


def _model(object_type: str) -> type[Model] | None:
    try:
        return apps.get_model(object_type)
    except (LookupError, ValueError):
        return None


def particulars(object_type: str, body: dict[str, Any]) -> str:
    """Return in words what the body says that a reader can use: fields, roles, the part looked at, rows of a file, the outcome of a check."""
    said = [
        ", ".join(field_of(object_type, str(name)) for name in _many(body, "fields", "field")),
        ", ".join(ROLE_NAMES[Role(name)] for name in _many(body, "role") if name in ROLE_NAMES),
        f"приказ № {body['order']}" if isinstance(body.get("order"), str) else "",
        PARTS.get(object_type, {}).get(str(body.get("section")), ""),
        LISTS.get(str(body.get("list")), ""),
        _FORMS.get(str(body.get("form")), ""),
        counted(body["rows"], ROW) if isinstance(body.get("rows"), int) and "list" in body else "",
        f"экстренный доступ № {body['emergency']}" if isinstance(body.get("emergency"), int) else "",
        f"редакция № {body['edition']}" if isinstance(body.get("edition"), int) else "",
        _counted(body),
        _checked(body),
    ]
    return ", ".join(filter(None, said))


def capacity(body: dict[str, Any]) -> str:
    """Return in which roles somebody looked, as recorded at the time."""
    return ", ".join(ROLE_NAMES[Role(name)] for name in _many(body, "roles") if name in ROLE_NAMES)


def asked(body: dict[str, Any], own: str = "") -> str:
    """Return what somebody was refused: «страница: карточка человека» or an act, and the record; "" for other events."""
    if "route" not in body:
        return ""
    way = "отправка формы" if body.get("method") == "POST" else "просмотр"
    kind, key = str(body.get("object", "")), str(body.get("id", ""))
    if not kind:
        return way
    if key.startswith("sha256:"):
        return f"{way}: {noun_of(kind)}, адрес с ошибкой"
    return f"{way}: {record(kind, key, own or ('' if key.isdecimal() else key[:CODE_SHOWN]))}"


def _counted(body: dict[str, Any]) -> str:
    """Return how the refusals of an hour go on in the journal, or how many of them were only counted."""
    since = body.get("hour")
    if not isinstance(since, str):
        return ""
    hour = clock(datetime.fromisoformat(since).astimezone(LEGAL_ZONE))
    if isinstance(body.get("counted"), int):
        return f"ещё {counted(body['counted'], TIME)} за час с {hour} МСК, без записи о каждом"
    return f"дальнейшие отказы часа, который начался в {hour} МСК, только считаются"


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
