"""Help on people: cards, doubles, consents, requests, accounts, roles, lists (п. 2.4)."""

from typing import Final

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
    "admin#Работник забыл пароль",
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

ABOUT: Final[dict[str, tuple[str, ...]]] = {
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
}
