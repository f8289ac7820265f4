"""Help on learning: cohorts, orders, sheets, marks, record books (п. 2.4)."""

from typing import Final

_ORDERS: Final = (
    "methodist#Как подготовить приказ",
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
_AWARDS: Final = (
    "learner#Меня поощрили",
    "methodist#Как внести поощрение",
    "head#Как отозвать поощрение",
    "registrar#Поощрения слушателей",
    "secretary#Поощрения к заседанию",
    "chair#Поощрения для комиссии",
    "inspector#Поощрения слушателей",
    "teacher#Как найти слушателя",
)
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
_VERIFY: Final = ("common#Как проверить выписку по коду",)

ABOUT: Final[dict[str, tuple[str, ...]]] = {
    "exchange:moodle-marks": ("teacher#Как взять оценки из Moodle",),
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
    "learning:resit-cancel": ("methodist#Как отменить пересдачу",),
    "learning:verify": _VERIFY,
    "learning:verifier": _VERIFY,
    "learning:sheet-list": _SHEETS,
    "learning:sheet-export": _SHEETS,
    "learning:sheet": ("teacher#Как внести оценки с телефона", *_SHEETS[1:]),
    "learning:sheet-marks": _SHEETS,
    "learning:cohort-sheet": _SHEETS,
    "learning:sheet-change": ("methodist#Ведомость просрочена или преподаватель ушёл",),
    "learning:sheet-hand-over": ("methodist#Как передать закрытую ведомость",),
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

PARTS: Final[dict[str, tuple[str, ...]]] = {
    "attestation": ("learner#Допустят ли меня к итоговой аттестации", "methodist#Как допустить к итоговой аттестации"),
    "planned": ("learner#Как достигаются результаты программы",),
    "awards": _AWARDS,
    "orders": ("registrar#Как собрать личное дело",),
    "readers": ("learner#Кто смотрел мои данные",),
    "evidence": ("learner#Как доказать свои оценки без академии",),
}
"""Part of a record book → tasks that are about it alone; whoever has none there reads about the whole book."""
