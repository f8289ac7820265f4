"""Which section of the guide is about which page: one table, from the name of an address to tasks of the guide (п. 2.4).

A page that several roles open in different ways names a task of each; a person gets the one of a role that they hold.
Addresses that only write or hand out a file stand here too: their refusals are pages.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.urls import reverse

from zachetka.web.help.guide import COMMON, address_of, anchor_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.http import HttpRequest

    from zachetka.access.policy import Role

WITHOUT: Final = {
    "healthz": "отвечает программам",
    "readyz": "отвечает программам",
    "web:theme": "возвращает туда, где выбрали оформление",
    "help:index": "это и есть справка",
    "help:guide": "это и есть справка",
    "help:common": "это и есть справка",
}
"""Addresses that no help is about, and why."""

REFUSED: Final = "common#Система отказала"
"""Whoever stands where their role has no business has been refused."""

_MY_SIGN_IN: Final = ("common#Чужой вход и открытые сеансы",)
_FACTOR: Final = ("common#Как добавить второй фактор",)
_OUTSIDE: Final = ("common#Войти через службу академии",)
_CARD: Final = (
    "learner#Мои данные и как их исправить",
    "methodist#Карточка человека: сведения, документы, имя",
    "registrar#Как открыть скрытые сведения",
    "privacy#Скрытые сведения",
    "head#Карточка слушателя и работника",
    "teacher#Как найти слушателя",
    "inspector#Кто смотрел данные слушателя",
)
_DOUBLES: Final = ("methodist#Похожие карточки", "privacy#Похожие карточки и решения о них")
_MERGES: Final = ("methodist#Как объединить карточки одного человека", "privacy#Похожие карточки и решения о них")
_NAME: Final = ("methodist#Как сменить имя",)
_CONSENT: Final = (
    "learner#Как отозвать согласие",
    "methodist#Как внести согласие и его отзыв",
    "privacy#Как внести согласие или отзыв на бумаге",
    "inspector#Запросы о данных и согласия",
)
_KEPT: Final = ("learner#Что обо мне хранится", "privacy#Что система хранит о человеке")
_REQUEST: Final = (
    "learner#Что обо мне хранится",
    "privacy#Как ответить на запрос человека о его данных",
    "inspector#Запросы о данных и согласия",
)
_EMPLOYEES: Final = (
    "admin#Как принять работника и дать ему вход",
    "security#Работники и учётные записи",
    "head#Карточка слушателя и работника",
    "methodist#Работники и их ведомости",
)
_ACCOUNT: Final = (
    "admin#Как принять работника и дать ему вход",
    "security#Работники и учётные записи",
    "privacy#У кого есть доступ к данным",
    "inspector#Кому какие права даны",
)
_PASSWORD: Final = ("admin#Работник забыл пароль", "security#Как выдать временный пароль")
_FACTOR_RESET: Final = ("admin#Работник потерял второй фактор", "security#Как сбросить второй фактор")
_ROLES: Final = (
    "admin#Как дать роль",
    "security#Как утвердить роль",
    "privacy#У кого есть доступ к данным",
    "inspector#Кому какие права даны",
)
_MATRIX: Final = (
    "head#Как утвердить матрицу доступа",
    "security#Как представить матрицу доступа",
    "inspector#Кому какие права даны",
    "privacy#У кого есть доступ к данным",
    "admin#Кому что разрешено",
)
_EMERGENCY: Final = (
    "privacy#Как проверить экстренный доступ",
    "security#Как проверить чужой экстренный доступ",
    "teacher#Экстренный доступ к записи слушателя",
    "methodist#Экстренный доступ методиста",
    "secretary#Экстренный доступ секретаря",
    "archivist#Экстренный доступ архивариуса",
    "inspector#Экстренные доступы и их проверка",
    "head#Экстренные доступы",
)
_LISTS_IN: Final = ("methodist#Как загрузить список слушателей",)
_PROGRAMS: Final = (
    "methodist#Как составить программу",
    "head#Как утвердить программу",
    "learner#По какой программе я учусь",
    "teacher#Программа, по которой учу",
    "registrar#Группы и программы",
    "secretary#Протоколы заседаний",
    "chair#Программы комиссии",
    "archivist#Какой была программа",
    "inspector#Группы, программы, сводная ведомость",
)
_PROVEN: Final = ("methodist#Как связать результаты с контролем", *_PROGRAMS[1:])
_SCALES: Final = ("methodist#Шкалы и минимумы часов", *_PROGRAMS[1:])
_REGISTERS: Final = (
    "registrar#Как проверить номера",
    "archivist#Как проверить полноту номеров",
    "methodist#Книги регистрации",
    "inspector#Номера и приказы",
    "head#Книги регистрации для руководителя",
)
_ORDERS: Final = (
    "methodist#Как зачислить",
    "head#Как издать приказ",
    "registrar#Как найти приказ",
    "archivist#Как найти приказ для дела",
    "inspector#Номера и приказы",
)
_COHORT: Final = (
    "methodist#Как сформировать группу",
    "teacher#Состав группы и её ведомости",
    "learner#Как узнать дату контроля",
    "head#Как идут группы",
    "registrar#Группы и программы",
    "secretary#Кто допущен к аттестации",
    "chair#Что посмотреть перед заседанием",
    "inspector#Группы, программы, сводная ведомость",
)
_ADMITTING: Final = ("methodist#Как дать вход слушателям",)
_BOOKS: Final = ("methodist#Зачётные книжки всей группы", "registrar#Как собрать книжки всей группы")
_SUMMARY: Final = (
    "methodist#Сводная ведомость",
    "secretary#Как подготовить сводную ведомость к заседанию",
    "chair#Что посмотреть перед заседанием",
    "head#Как идут группы",
    "inspector#Группы, программы, сводная ведомость",
)
_READY: Final = ("methodist#Как допустить к итоговой аттестации", "secretary#Кто допущен к аттестации", *_SUMMARY[2:])
_PLANNED: Final = ("methodist#Сводная ведомость", "secretary#Какие результаты доказаны", *_SUMMARY[2:])
_PLAN: Final = ("methodist#Как составить индивидуальный план",)
_DEBTS: Final = ("methodist#Долги и пересдачи",)
_EXCUSES: Final = ("methodist#Слушатель болел",)
_RECORD_BOOK: Final = (
    "learner#Как посмотреть свои оценки",
    "methodist#Зачётная книжка и личное дело",
    "registrar#Как выдать выписку из зачётной книжки",
    "teacher#Как найти слушателя",
    "secretary#Зачётная книжка слушателя",
    "chair#Зачётная книжка для комиссии",
    "head#Карточка слушателя и работника",
    "inspector#Что было на прошлый день",
)
_REWARDED: Final = ("learner#Меня поощрили", "methodist#Как внести поощрение", "head#Как отозвать поощрение")
_AWARDS: Final = (*_REWARDED, *_RECORD_BOOK[2:])
_SHEETS: Final = (
    "teacher#Как внести оценки",
    "methodist#Ведомости и кто не сдал",
    "secretary#Ведомости и исправления",
    "chair#История и исправления оценок",
    "head#Кто просрочил ведомость",
    "inspector#Все ли ведомости закрыты в срок",
)
_HISTORY: Final = (
    "learner#Оценку исправили: кто и почему",
    "teacher#Кто ставил оценку и когда",
    "methodist#Ведомости и кто не сдал",
    "secretary#Ведомости и исправления",
    "chair#История и исправления оценок",
    "inspector#Законно ли исправили оценку",
    "head#Исправления оценок для руководителя",
    "registrar#Как выдать выписку из зачётной книжки",
)
_MARK_FILE: Final = ("teacher#Как загрузить оценки из файла",)
_CORRECTIONS: Final = (
    "methodist#Как подтвердить исправление оценки",
    "teacher#Что стало с моим исправлением",
    "secretary#Ведомости и исправления",
    "chair#История и исправления оценок",
    "inspector#Законно ли исправили оценку",
    "head#Исправления оценок для руководителя",
)
_REOPENINGS: Final = (
    "head#Как открыть ведомость заново",
    "methodist#Как попросить открыть ведомость заново",
    "teacher#Как открыть закрытую ведомость заново",
    "secretary#Ведомости и исправления",
    "chair#История и исправления оценок",
    "inspector#Ведомости, открытые заново",
)
_JOURNAL: Final = (
    "learner#Кто смотрел мои данные",
    "inspector#Кто что сделал",
    "security#Кто что делал",
    "privacy#Кто смотрел чужие данные",
)
_INTEGRITY: Final = ("security#Как проверить журнал", "inspector#Как проверить, что записи не меняли задним числом")
_VERIFY: Final = ("common#Как проверить выписку по коду",)
_JOBS: Final = ("common#Мои задания",)
_NOTICES: Final = ("common#Уведомления",)

ABOUT: Final[dict[str, tuple[str, ...]]] = {
    "account_login": ("common#Как войти",),
    "account_logout": ("common#Как выйти",),
    "account_second_step": ("common#Потерян телефон",),
    "account_security": _MY_SIGN_IN,
    "account_add_app": _FACTOR,
    "account_add_key": _FACTOR,
    "account_end_factor": _FACTOR,
    "account_renew_codes": ("common#Потерян телефон",),
    "account_end_session": _MY_SIGN_IN,
    "account_end_sessions": _MY_SIGN_IN,
    "account_oidc": _OUTSIDE,
    "account_oidc_back": _OUTSIDE,
    "account_oidc_link": _OUTSIDE,
    "account_oidc_end": _OUTSIDE,
    "account_change_password": ("common#Как сменить пароль",),
    "web:home": ("common#Страница «Сегодня»",),
    "web:search": ("common#Как искать",),
    "web:design": ("common#Лист оформления",),
    "jobs:list": _JOBS,
    "jobs:export": _JOBS,
    "jobs:job": _JOBS,
    "jobs:stop": _JOBS,
    "jobs:result": _JOBS,
    "notices:list": _NOTICES,
    "notices:read": _NOTICES,
    "notices:settings": _NOTICES,
    "notices:open": _NOTICES,
    "people:list": ("methodist#Как внести одного слушателя", *_CARD),
    "people:export": ("privacy#Скрытые сведения", "methodist#Карточка человека: сведения, документы, имя"),
    "people:new": ("methodist#Как внести одного слушателя",),
    "people:doubles": _DOUBLES,
    "people:doubles_export": _DOUBLES,
    "people:double": _DOUBLES,
    "people:double_apart": _DOUBLES,
    "people:double_again": _DOUBLES,
    "people:double_merge": _MERGES,
    "people:merge": _MERGES,
    "people:merge_undo": _MERGES,
    "people:card": _CARD,
    "people:edit": _CARD,
    "people:begin_to_learn": _CARD,
    "people:add_paper": _CARD,
    "people:reveal_paper": _CARD,
    "people:reveal_basis": _CARD,
    "people:reveal": _CARD,
    "people:rename": _NAME,
    "people:correct_name": _NAME,
    "people:kept_own": _KEPT,
    "people:kept": _KEPT,
    "people:kept_ask": _KEPT,
    "people:request_new": _REQUEST,
    "people:requests": _REQUEST,
    "people:request": _REQUEST,
    "people:request_prepare": _REQUEST,
    "people:request_answer": _REQUEST,
    "people:request_file": _REQUEST,
    "people:consent_new": _CONSENT,
    "people:consent": _CONSENT,
    "people:consent_withdraw": _CONSENT,
    "people:consent_settle": ("privacy#Как исполнить отзыв согласия",),
    "people:employees": _EMPLOYEES,
    "people:employees_export": _EMPLOYEES,
    "people:employee_new": _EMPLOYEES,
    "people:employee": _EMPLOYEES,
    "people:open_account": _EMPLOYEES,
    "people:employee_move": ("admin#Как перевести работника",),
    "people:employee_dismiss": ("admin#Как уволить",),
    "people:accounts": _ACCOUNT,
    "people:accounts_export": _ACCOUNT,
    "people:account": _ACCOUNT,
    "people:close_account": ("admin#Как закрыть учётную запись", "security#Как закрыть доступ немедленно"),
    "people:give_password": _PASSWORD,
    "people:release_password": _PASSWORD,
    "people:ask_reset": _FACTOR_RESET,
    "people:give_reset": _FACTOR_RESET,
    "people:emergencies": _EMERGENCY,
    "people:emergency_open": _EMERGENCY,
    "people:emergency": _EMERGENCY,
    "people:emergency_close": _EMERGENCY,
    "people:roles": _ROLES,
    "people:roles_export": _ROLES,
    "people:role_new": ("admin#Как дать роль",),
    "people:role": _ROLES,
    "people:decide": _ROLES,
    "people:role_substitute": ("admin#Как назначить замещение на время отпуска",),
    "people:matrix": _MATRIX,
    "people:matrix_propose": _MATRIX,
    "people:matrix_file": _MATRIX,
    "people:matrix_edition": _MATRIX,
    "people:matrix_edition_file": _MATRIX,
    "people:matrix_decide": _MATRIX,
    "imports:list": _LISTS_IN,
    "imports:export": _LISTS_IN,
    "imports:card": _LISTS_IN,
    "imports:columns": _LISTS_IN,
    "imports:confirm": _LISTS_IN,
    "imports:cancel": _LISTS_IN,
    "imports:refused": _LISTS_IN,
    "exchange:moodle-people": ("methodist#Как взять список из Moodle",),
    "exchange:moodle-marks": ("teacher#Как взять оценки из Moodle",),
    "events:list": _JOURNAL,
    "events:export": _JOURNAL,
    "events:event": _JOURNAL,
    "events:proof": _JOURNAL,
    "events:person": ("inspector#Кто смотрел данные слушателя", *_JOURNAL),
    "events:ledger": _INTEGRITY,
    "events:check": _INTEGRITY,
    "programs:list": _PROGRAMS,
    "programs:export": _PROGRAMS,
    "programs:new": _PROGRAMS,
    "programs:card": _PROGRAMS,
    "programs:draft": _PROGRAMS,
    "programs:version": _PROGRAMS,
    "programs:edit": _PROGRAMS,
    "programs:step": _PROGRAMS,
    "programs:scales": _SCALES,
    "programs:minima": _SCALES,
    "programs:matrix": _PROVEN,
    "programs:matrix-export": _PROVEN,
    "registers:list": _REGISTERS,
    "registers:list-export": _REGISTERS,
    "registers:book": _REGISTERS,
    "registers:export": _REGISTERS,
    "learning:my-record-books": _RECORD_BOOK,
    "learning:record-book": _RECORD_BOOK,
    "learning:record-book-section": _RECORD_BOOK,
    "learning:record-book-pdf": ("learner#Как получить выписку", *_RECORD_BOOK[1:]),
    "learning:record-book-proof": ("learner#Как доказать свои оценки без академии", *_RECORD_BOOK[1:]),
    "learning:record-book-birth-date": _RECORD_BOOK,
    "learning:personal-file": ("methodist#Зачётная книжка и личное дело", "registrar#Как собрать личное дело"),
    "learning:sign-in": _ADMITTING,
    "learning:cohort-sign-in": _ADMITTING,
    **{f"learning:award{end}": _AWARDS for end in ("", "-new", "-list", "-export", "-cancel")},
    "learning:excuses": _EXCUSES,
    "learning:excuse-cancel": _EXCUSES,
    "learning:debts": _DEBTS,
    "learning:resit-new": _DEBTS,
    "learning:verify": _VERIFY,
    "learning:verifier": _VERIFY,
    "learning:sheet-list": _SHEETS,
    "learning:sheet-export": _SHEETS,
    "learning:sheet": ("teacher#Как внести оценки с телефона", *_SHEETS[1:]),
    "learning:sheet-marks": _SHEETS,
    "learning:cohort-sheet": _SHEETS,
    "learning:sheet-change": ("methodist#Ведомость просрочена или преподаватель ушёл",),
    "learning:sheet-close": ("teacher#Как закрыть ведомость",),
    "learning:sheet-file": _MARK_FILE,
    "learning:cohort-file": _MARK_FILE,
    "learning:mark-upload": _MARK_FILE,
    "learning:mark-upload-columns": _MARK_FILE,
    "learning:mark-upload-confirm": _MARK_FILE,
    "learning:mark-upload-cancel": _MARK_FILE,
    "learning:mark-upload-refused": _MARK_FILE,
    "learning:mark-history": _HISTORY,
    "learning:mark-correct": ("teacher#Как исправить оценку в закрытой ведомости",),
    "learning:correction-list": _CORRECTIONS,
    "learning:correction-export": _CORRECTIONS,
    "learning:correction": _CORRECTIONS,
    "learning:correction-confirm": _CORRECTIONS,
    "learning:correction-refuse": _CORRECTIONS,
    "learning:sheet-reopen": _REOPENINGS,
    **{f"learning:reopening{end}": _REOPENINGS for end in ("", "-list", "-export", "-grant", "-refuse")},
    **{f"learning:cohort{end}": _COHORT for end in ("", "-list", "-export", "-new")},
    "learning:cohort-books": _BOOKS,
    **{f"learning:summary{end}": _SUMMARY for end in ("", "-pdf", "-paper", "-export")},
    "learning:cohort-planned": _PLANNED,
    "learning:admission": _READY,
    **{f"learning:order{end}": _ORDERS for end in ("", "-list", "-export", "-new", "-people")},
    "learning:order-edit": ("methodist#Приказ вернули с замечанием",),
    "learning:order-step": _ORDERS,
    "learning:order-match": ("methodist#Как засчитать сданное при переводе на другую программу",),
    "learning:study-plan-new": _PLAN,
    "learning:study-plan-edit": _PLAN,
}
"""Name of an address → «file#heading» of each role that has its own way on that page."""


def place_of(name: str, roles: Iterable[Role]) -> str:
    """Return the «file#heading» about the page `name` for somebody with these roles, "" when there is none."""
    held = {COMMON, *(role.value for role in roles)}
    return next((place for place in ABOUT.get(name, ()) if place.partition("#")[0] in held), "")


def help_for(request: HttpRequest, roles: Iterable[Role] = ()) -> str:
    """Return where «?» leads from this page: to its own section, or to what a refusal means. Asks the database nothing."""
    name = request.resolver_match.view_name if request.resolver_match else ""
    if name in WITHOUT and roles:
        return reverse("help:index")
    place = place_of(name, roles) or REFUSED
    file, _, heading = place.partition("#")
    return f"{address_of(file)}#{anchor_of(heading)}"
