"""On what ground each kind of record is kept of a person, and how long: one page, a line a kind (152-ФЗ ст. 14 ч. 7).

A kind that leads to a person and has no line here fails a test. Periods come with the file plan of the archive; until
then they are not known and the answer says so.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Ground:
    """Why a kind of record is kept.

    Attributes:
        called: what the kind is called, many of them: «Оценки».
        ground: law or paper.
        period: how long, "" while the file plan does not say.
    """

    called: str
    ground: str
    period: str = ""


UNKNOWN_PERIOD: Final = "задаст номенклатура дел"

RESULTS: Final = "учёт результатов обучения и их хранение: 273-ФЗ ст. 28 ч. 3 п. 11; 152-ФЗ ст. 6 ч. 1 п. 2"
CONTRACT: Final = "договор об образовании: 273-ФЗ ст. 54; 152-ФЗ ст. 6 ч. 1 п. 5"
SCHOOLING: Final = "допуск к программе по уровню образования: 273-ФЗ ст. 76 ч. 3; 152-ФЗ ст. 6 ч. 1 п. 2"
SERVICE: Final = "трудовые отношения: 152-ФЗ ст. 6 ч. 1 п. 2, 5"
SAFETY: Final = "защита данных и учёт действий с ними: 152-ФЗ ст. 19 ч. 2 п. 8"
CONSENT: Final = "доказать, что согласие было дано или отозвано: 152-ФЗ ст. 9 ч. 3"
KEPT_CONSENT: Final = "3 года после окончания или отзыва"
DESTROYED: Final = "подтвердить, что данные уничтожены: 152-ФЗ ст. 21; приказ Роскомнадзора № 179"
KEPT_ACTS: Final = "3 года"
RIGHTS: Final = "ответ субъекту данных: 152-ФЗ ст. 14, 20"

GROUNDS: Final[dict[str, Ground]] = {
    "people.person": Ground("Личные сведения", f"{CONTRACT}; {RESULTS}"),
    "people.personname": Ground("Имена с датами", RESULTS),
    "people.educationdocument": Ground("Документы об образовании", SCHOOLING),
    "people.learner": Ground("Карточка слушателя", CONTRACT),
    "people.employee": Ground("Карточка работника", SERVICE),
    "people.posting": Ground("Записи о службе", SERVICE),
    "learning.enrolment": Ground("Зачётные книжки", RESULTS),
    "learning.orderline": Ground("Строки приказов", f"{RESULTS}; 273-ФЗ ст. 53, 61"),
    "learning.mark": Ground("Оценки", RESULTS),
    "learning.studyplan": Ground("Индивидуальные учебные планы", f"{RESULTS}; 273-ФЗ ст. 34 ч. 1 п. 3"),
    "learning.planline": Ground("Строки индивидуальных планов", f"{RESULTS}; 273-ФЗ ст. 34 ч. 1 п. 3"),
    "learning.carried": Ground("Перенесённые результаты", f"{RESULTS}; 273-ФЗ ст. 57"),
    "learning.equivalence": Ground(
        "Соответствие дисциплин при переводе", f"{RESULTS}; 273-ФЗ ст. 34 ч. 1 п. 7, ст. 57"
    ),
    "learning.correction": Ground("Исправления оценок", RESULTS),
    "learning.sheetmember": Ground("Направления на пересдачу", f"{RESULTS}; 273-ФЗ ст. 58"),
    "learning.excuse": Ground("Уважительные причины", f"{RESULTS}; 273-ФЗ ст. 58 ч. 2, 5"),
    "learning.award": Ground("Поощрения", RESULTS),
    "learning.verificationtoken": Ground("Адреса проверки выписок", RESULTS),
    "people.consent": Ground("Согласия", CONSENT, KEPT_CONSENT),
    "people.withdrawal": Ground("Отзывы согласий", CONSENT, KEPT_CONSENT),
    "destruction.act": Ground("Акты об уничтожении", DESTROYED, KEPT_ACTS),
    "destruction.actline": Ground("Что уничтожено по актам", DESTROYED, KEPT_ACTS),
    "destruction.hold": Ground("Запреты на уничтожение", DESTROYED),
    "people.resemblance": Ground("Похожие карточки", RESULTS),
    "people.merge": Ground("Объединения карточек", RESULTS),
    "people.distinction": Ground("Решения о похожих карточках", RESULTS),
    "people.unlooked": Ground("Отметки, что карточку ещё не сверяли с другими", RESULTS, "до сверки"),
    "people.subjectrequest": Ground("Запросы субъекта данных", RIGHTS),
    "access.account": Ground("Учётные записи", SAFETY),
    "access.roleassignment": Ground("Роли", SAFETY),
    "access.secondfactor": Ground("Вторые факторы входа", SAFETY),
    "access.outsideidentity": Ground("Связи с внешним входом", SAFETY),
    "access.recoverycode": Ground("Коды восстановления входа", SAFETY),
    "access.factorreset": Ground("Сбросы второго фактора", SAFETY),
    "access.session": Ground("Открытые сеансы", SAFETY, "до конца сеанса"),
    "access.refusaltally": Ground("Счёт отказов в доступе", SAFETY, "до конца часа"),
    "notices.notice": Ground("Уведомления", f"{CONTRACT}; {SERVICE}"),
    "notices.letter": Ground("Письма об уведомлениях", f"{CONTRACT}; {SERVICE}"),
    "notices.choice": Ground("Что присылать", f"{CONTRACT}; {SERVICE}"),
    "notices.digesthour": Ground("Час сводки", f"{CONTRACT}; {SERVICE}"),
    "access.emergencyaccess": Ground("Экстренные доступы", SAFETY),
    "account.emailaddress": Ground("Адреса почты для входа", SAFETY),
    "account.emailconfirmation": Ground("Подтверждения адресов почты", SAFETY),
    "ledger.event": Ground("События журнала", SAFETY),
    "ledger.leaf": Ground("Места событий в подписанном дереве", SAFETY),
    "ledger.opening": Ground("Соли обязательств", SAFETY),
    "ledger.destroyedsalt": Ground("Отметки об уничтоженных солях", DESTROYED),
}
"""Kind that is about a person → its ground; the answer tells kinds in this order."""

WITHHELD: Final[dict[str, tuple[str, str]]] = {
    "access.account.password": ("Пароль", "хранится только хеш, и по нему подбирают пароль"),
    "access.recoverycode.digest": ("Отпечаток кода", "по нему узнают код, которым входят"),
    "access.secondfactor.credential": ("Открытая часть ключа доступа", "по ней проверяют подпись ключа"),
    "access.secondfactor.credential_id": ("Номер ключа доступа", "по нему браузер находит ключ"),
    "access.secondfactor.secret": ("Секрет приложения с кодами", "по нему вычисляют коды, которыми входят"),
    "access.session.session_data": ("Содержимое сеанса", "служебные отметки; сведений сверх показанных нет"),
    "access.session.session_key": ("Ключ сеанса", "кто его знает, тот вошёл"),
    "people.person.name_key": ("Имя для поиска и порядка", "следует из имени; по нему ищут и упорядочивают списки"),
    "people.person.search": ("Имя для поиска и порядка", "следует из имени; по нему ищут и упорядочивают списки"),
    "people.person.sort_key": ("Имя для поиска и порядка", "следует из имени; по нему ищут и упорядочивают списки"),
}
"""«room.model.field» that is kept and not handed out: what it is called and why."""

COUNTED: Final[dict[str, str]] = {
    "account.emailaddress": "таблица средства входа: система ею не пользуется",
    "account.emailconfirmation": "таблица средства входа: система ею не пользуется",
    "people.resemblance": "в записи стоит карточка другого человека",
    "people.merge": "в записи стоят обе карточки; что в них, показано выше",
    "people.distinction": "в записи стоит карточка другого человека",
    "people.unlooked": "отметка работы, сведений о человеке в ней нет",
    "ledger.leaf": "хеши, по которым проверяют журнал; сведений о человеке в них нет",
    "ledger.destroyedsalt": "номера событий, по которым уже ничего не открыть",
    "ledger.opening": "случайные числа, без которых обязательства журнала ничего не открывают",
}
"""Kinds told by number alone, with the reason."""

BEYOND: Final[dict[str, tuple[str, str]]] = {
    "access.signinthrottle": (
        "Счётчики попыток входа",
        "по логину и по адресу, без имени; стираются со временем",
    ),
    "learning.markupload": (
        "Файлы с оценками",
        "в файле строки многих людей; что из них вошло, стоит в оценках",
    ),
    "people.upload": (
        "Файлы загруженных списков",
        "в файле строки многих людей; строка об этом человеке вошла в его карточку",
    ),
}
"""Tables that may hold personal data and to which no key leads from a person: told in every answer."""
