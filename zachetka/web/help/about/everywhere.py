"""Help on signing in, on what is everybody's, and on programmes, registers and the journal (п. 2.4)."""

from typing import Final

_MY_SIGN_IN: Final = ("common#Чужой вход и открытые сеансы",)
_FACTOR: Final = ("common#Как добавить второй фактор",)
_OUTSIDE: Final = ("common#Войти через службу академии",)
_PROGRAMS: Final = (
    "methodist#Как составить программу",
    "head#Как утвердить программу",
    "learner#По какой программе я учусь",
    "teacher#Программа, по которой учу",
    "registrar#Группы и программы",
    "secretary#Программы для заседания",
    "chair#Программы комиссии",
    "archivist#Какой была программа",
    "inspector#Группы, программы, сводная ведомость",
)
_PROVEN: Final = ("methodist#Как связать результаты с контролем", *_PROGRAMS[1:])
_SCALES: Final = (
    "methodist#Шкалы и минимумы часов",
    "head#Как ввести норму академии",
    "head#Как ввести новую редакцию шкалы",
    "inspector#Нормы и шкалы",
    *_PROGRAMS[1:],
)
_REGISTERS: Final = (
    "registrar#Как проверить номера",
    "archivist#Как проверить полноту номеров",
    "methodist#Книги регистрации",
    "inspector#Номера и приказы",
    "head#Книги регистрации для руководителя",
)
_JOURNAL: Final = (
    "learner#Кто смотрел мои данные",
    "inspector#Кто что сделал",
    "security#Кто что делал",
    "privacy#Кто смотрел чужие данные",
)
_INTEGRITY: Final = ("security#Как проверить журнал", "inspector#Как проверить, что записи не меняли задним числом")
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
    "programs:scale": _SCALES,
    "programs:minima": _SCALES,
    "programs:norm": _SCALES,
    "programs:matrix": _PROVEN,
    "programs:matrix-export": _PROVEN,
    "registers:list": _REGISTERS,
    "registers:list-export": _REGISTERS,
    "registers:book": _REGISTERS,
    "registers:export": _REGISTERS,
}
