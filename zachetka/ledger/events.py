"""Every kind of event, one line each: `noun.past_participle` and how a timeline says it (п. 2.1).

A line is never removed or renamed: what happened keeps the name it had. New rooms add lines under their heading.
"""

from enum import StrEnum
from typing import Final


class EventType(StrEnum):
    """What happened. `sentence` continues «Иванова А. П.» in a timeline, impersonally: «выставлена оценка»."""

    sentence: str

    def __new__(cls, value: str, sentence: str = "") -> "EventType":
        member = str.__new__(cls, value)
        member._value_ = value
        member.sentence = sentence
        return member

    # access (п. 3.8)
    ACCOUNT_SIGNED_IN = "account.signed_in", "выполнен вход"
    ACCOUNT_SIGN_IN_REFUSED = "account.sign_in_refused", "отказано во входе"
    ACCOUNT_SIGNED_OUT = "account.signed_out", "выполнен выход"
    ACCOUNT_CREATED = "account.created", "создана учётная запись"
    ACCOUNT_CLOSED = "account.closed", "закрыта учётная запись"
    ACCOUNT_PASSWORD_CHANGED = "account.password_changed", "изменён пароль"
    ACCOUNT_EMAIL_CHANGED = "account.email_changed", "изменён адрес почты для уведомлений"
    ACCOUNT_RENAMED = "account.renamed", "изменено имя в учётной записи"
    ROLE_PROPOSED = "role.proposed", "предложена роль"
    ROLE_GRANTED = "role.granted", "назначена роль"
    ROLE_ENDED = "role.ended", "прекращена роль"
    ROLE_REFUSED = "role.refused", "отказано в роли"
    ROLE_SUSPENDED = "role.suspended", "приостановлена роль"
    ROLE_RESUMED = "role.resumed", "возобновлена роль"
    EMERGENCY_OPENED = "emergency.opened", "открыт экстренный доступ"
    EMERGENCY_CLOSED = "emergency.closed", "экстренный доступ закрыт до срока"
    EMERGENCY_REVIEWED = "emergency.reviewed", "проверен экстренный доступ"
    MATRIX_PROPOSED = "matrix.proposed", "представлена на утверждение «Матрица доступа»"
    MATRIX_APPROVED = "matrix.approved", "утверждена «Матрица доступа»"
    MATRIX_REFUSED = "matrix.refused", "отказано в утверждении «Матрицы доступа»"
    MATRIX_EXPORTED = "matrix.exported", "выгружена «Матрица доступа»"
    PERSONAL_DATA_REVEALED = "personal_data.revealed", "раскрыты персональные данные"
    PERSON_READ = "person.read", "просмотрена карточка человека"
    PERSON_FOUND = "person.found", "найден по номеру СНИЛС или по имени"
    ACCESS_REFUSED = "access.refused", "отказано в доступе"
    ACCOUNT_PASSWORD_GIVEN = "account.password_given", "выдан временный пароль"
    ACCOUNT_PASSWORD_ASKED = "account.password_asked", "запрошен временный пароль"
    ACCOUNT_PASSWORD_WITHDRAWN = "account.password_withdrawn", "отменён пароль, выданный до назначения роли"
    ACCOUNT_ACCESS_RESTORED = "account.access_restored", "восстановлен доступ с консоли сервера"
    ACCOUNT_CONFIRMED = "account.confirmed", "подтверждено, что за сеансом его владелец"
    ACCOUNT_SESSIONS_ENDED = "account.sessions_ended", "завершены сеансы"
    SECOND_FACTOR_ADDED = "second_factor.added", "добавлен второй фактор входа"
    SECOND_FACTOR_USED = "second_factor.used", "предъявлен второй фактор входа"
    SECOND_FACTOR_REFUSED = "second_factor.refused", "отказано во втором факторе входа"
    SECOND_FACTOR_ENDED = "second_factor.ended", "отключён второй фактор входа"
    RECOVERY_CODE_MADE = "recovery_code.made", "создан код восстановления"
    RECOVERY_CODE_USED = "recovery_code.used", "использован код восстановления"
    RECOVERY_CODE_ENDED = "recovery_code.ended", "отменён код восстановления"
    FACTOR_RESET_ASKED = "factor_reset.asked", "запрошен сброс второго фактора"
    FACTOR_RESET_GIVEN = "factor_reset.given", "сброшен второй фактор"
    OUTSIDE_IDENTITY_LINKED = "outside_identity.linked", "связан внешний вход"
    OUTSIDE_IDENTITY_ENDED = "outside_identity.ended", "разорвана связь с внешним входом"
    UNIT_CREATED = "unit.created", "создано подразделение"
    # people (п. 3.8)
    PERSON_REGISTERED = "person.registered", "внесены сведения о человеке"
    PERSON_CHANGED = "person.changed", "изменены сведения о человеке"
    NAME_CHANGED = "name.changed", "изменено имя"
    NAME_CORRECTED = "name.corrected", "исправлена ошибка в имени"
    EDUCATION_DOCUMENT_ADDED = "education_document.added", "внесён документ об образовании"
    LEARNER_REGISTERED = "learner.registered", "зарегистрирован обучающийся"
    EMPLOYEE_REGISTERED = "employee.registered", "зарегистрирован работник"
    EMPLOYEE_MOVED = "employee.moved", "записан перевод работника"
    POSTING_ADDED = "posting.added", "внесена запись о службе"
    EMPLOYEE_DISMISSED = "employee.dismissed", "записано увольнение работника"
    SUBJECT_DATA_READ = "subject_data.read", "просмотрено всё, что хранится о человеке"
    SUBJECT_DATA_EXPORTED = "subject_data.exported", "выгружено всё, что хранится о человеке"
    SUBJECT_REQUEST_REGISTERED = "subject_request.registered", "внесён запрос субъекта данных"
    SUBJECT_REQUEST_PREPARED = "subject_request.prepared", "подготовлен ответ на запрос субъекта данных"
    SUBJECT_REQUEST_DELIVERED = "subject_request.delivered", "ответ на запрос субъекта данных выдан в системе"
    SUBJECT_REQUEST_ANSWERED = "subject_request.answered", "передан ответ на запрос субъекта данных"
    CONSENT_GIVEN = "consent.given", "внесено согласие на обработку данных"
    CONSENT_WITHDRAWN = "consent.withdrawn", "отозвано согласие на обработку данных"
    WITHDRAWAL_SETTLED = "withdrawal.settled", "исполнен отзыв согласия"
    WITHDRAWAL_FULFILLED = "withdrawal.fulfilled", "исполнен отзыв согласия: данные уничтожены по акту"
    DISTINCTION_MADE = "distinction.made", "похожие карточки признаны разными людьми"
    DISTINCTION_WITHDRAWN = "distinction.withdrawn", "похожие карточки возвращены к рассмотрению"
    RESEMBLANCE_TOLD_APART = "resemblance.told_apart", "похожая карточка признана карточкой другого человека"
    MERGE_DONE = "merge.done", "карточки одного человека объединены"
    MERGE_UNDONE = "merge.undone", "объединённые карточки разъединены"
    PERSON_MERGED = "person.merged", "карточка объединена с другой карточкой того же человека"
    PERSON_PARTED = "person.parted", "карточка снова отдельная"
    RESEMBLANCE_RECONSIDERED = "resemblance.reconsidered", "сходство с другой карточкой возвращено к рассмотрению"
    # files (п. 3.6)
    FILE_STORED = "file.stored", "принят файл"
    FILE_DESTROYED = "file.destroyed", "содержимое файла уничтожено по акту"
    # jobs (п. 3.9)
    JOB_FILE_TAKEN = "job.file_taken", "взят файл фонового задания"
    JOB_FILE_REMOVED = "job.file_removed", "удалён файл фонового задания: срок хранения вышел"
    # exchange
    IMPORT_UPLOADED = "import.uploaded", "загружен список"
    IMPORT_CHANGED = "import.changed", "уточнены столбцы списка"
    IMPORT_CONFIRMED = "import.confirmed", "подтверждена загрузка списка"
    IMPORT_CANCELLED = "import.cancelled", "отменена загрузка списка"
    EXCHANGE_TAKEN = "exchange.taken", "получены сведения из другой системы"
    LIST_EXPORTED = "list.exported", "выгружен список"
    # programs (п. 1.3, 2.3)
    PROGRAM_CREATED = "program.created", "создана программа"
    PROGRAM_VERSION_DRAFTED = "program_version.drafted", "подготовлена редакция программы"
    PROGRAM_VERSION_CHANGED = "program_version.changed", "изменён проект редакции программы"
    PROGRAM_VERSION_SUBMITTED = "program_version.submitted", "редакция программы представлена на утверждение"
    PROGRAM_VERSION_RETURNED = "program_version.returned", "редакция программы возвращена на доработку"
    PROGRAM_VERSION_APPROVED = "program_version.approved", "утверждена редакция программы"
    PROGRAM_VERSION_RETIRED = "program_version.retired", "редакция программы выведена из действия"
    MODULE_ADDED = "module.added", "добавлен модуль"
    MODULE_CHANGED = "module.changed", "изменён модуль"
    MODULE_REMOVED = "module.removed", "удалён модуль из проекта редакции"
    PLANNED_RESULT_ADDED = "planned_result.added", "добавлен планируемый результат"
    PLANNED_RESULT_CHANGED = "planned_result.changed", "изменён планируемый результат"
    PLANNED_RESULT_REMOVED = "planned_result.removed", "удалён планируемый результат из проекта редакции"
    PLANNED_RESULT_PROVED = "planned_result.proved", "планируемый результат связан с модулем"
    PLANNED_RESULT_UNPROVED = "planned_result.unproved", "планируемый результат отвязан от модуля"
    HOUR_MINIMUM_SET = "hour_minimum.set", "установлен минимум часов"
    COMMISSION_MINIMUM_SET = "commission_minimum.set", "установлен минимум комиссии"
    HOUR_SHARE_SET = "hour_share.set", "установлена доля часов для зачёта"
    REOPENING_TERM_SET = "reopening_term.set", "установлен срок повторного открытия ведомостей"
    NORM_ENDED = "norm.ended", "окончено действие нормы"
    GRADE_APPROVED = "grade.approved", "утверждено значение шкалы"
    SCALE_CREATED = "scale.created", "введена шкала оценивания"
    SCALE_APPROVED = "scale.approved", "утверждена шкала оценивания"
    SCALE_ENDED = "scale.ended", "окончено действие редакции шкалы"
    # learning (п. 2.1, 2.2, 2.5)
    COHORT_CREATED = "cohort.created", "создана группа"
    ORDER_DRAFTED = "order.drafted", "подготовлен проект приказа"
    ORDER_CHANGED = "order.changed", "изменён проект приказа"
    ORDER_LINE_ADDED = "order_line.added", "человек включён в проект приказа"
    ORDER_LINE_REMOVED = "order_line.removed", "человек исключён из проекта приказа"
    ORDER_SUBMITTED = "order.submitted", "приказ представлен на утверждение"
    ORDER_APPROVED = "order.approved", "утверждён приказ"
    ORDER_RETURNED = "order.returned", "проект приказа возвращён на доработку"
    ORDER_CANCELLED = "order.cancelled", "отменён проект приказа"
    ENROLMENT_MADE = "enrolment.made", "зачислен обучающийся"
    ENROLMENT_ADMITTED = "enrolment.admitted", "допущен к итоговой аттестации"
    ENROLMENT_ENDED = "enrolment.ended", "отчислен обучающийся"
    ENROLMENT_PLANNED = "enrolment.planned", "введён в действие индивидуальный учебный план"
    ENROLMENT_MOVED = "enrolment.moved", "обучение прекращено переводом"
    MARK_CARRIED = "mark.carried", "результат перенесён в новую зачётную книжку"
    EQUIVALENCE_WRITTEN = "equivalence.written", "определено соответствие дисциплин при переводе"
    STUDY_PLAN_WRITTEN = "study_plan.written", "записан индивидуальный учебный план"
    PLAN_LINE_WRITTEN = "plan_line.written", "записана строка индивидуального плана"
    SHEET_OPENED = "sheet.opened", "открыта ведомость"
    SHEET_MEMBER_NAMED = "sheet_member.named", "обучающийся направлен на пересдачу"
    COMMISSIONER_NAMED = "commissioner.named", "назначен член комиссии пересдачи"
    EXCUSE_RECORDED = "excuse.recorded", "учтена уважительная причина"
    EXCUSE_CANCELLED = "excuse.cancelled", "отозвана уважительная причина"
    AWARD_RECORDED = "award.recorded", "внесено поощрение"
    AWARD_CANCELLED = "award.cancelled", "отозвано поощрение"
    SHEET_CHANGED = "sheet.changed", "изменены преподаватель или сроки ведомости"
    SHEET_HANDED_OVER = "sheet.handed_over", "ведомость передана другому преподавателю по документу"
    SHEET_CLOSED = "sheet.closed", "закрыта ведомость"
    SHEET_CANCELLED = "sheet.cancelled", "отменена назначенная пересдача"
    CANCELLATION_WRITTEN = "cancellation.written", "записана причина отмены пересдачи"
    REOPENING_ASKED = "reopening.asked", "запрошено повторное открытие ведомости"
    REOPENING_GRANTED = "reopening.granted", "разрешено повторное открытие ведомости"
    REOPENING_REFUSED = "reopening.refused", "отказано в повторном открытии ведомости"
    REOPENING_ENDED = "reopening.ended", "окончено повторное открытие ведомости"
    SHEET_REOPENED = "sheet.reopened", "открыта заново ведомость"
    SHEET_CLOSED_AGAIN = "sheet.closed_again", "закрыта снова ведомость"
    MARKS_UPLOADED = "marks.uploaded", "загружен файл оценок"
    MARKS_CHOSEN = "marks.chosen", "уточнены столбцы файла оценок"
    MARKS_CONFIRMED = "marks.confirmed", "подтверждено внесение оценок из файла"
    MARKS_CANCELLED = "marks.cancelled", "отменено внесение оценок из файла"
    MARK_SET = "mark.set", "выставлена оценка"
    MARK_WITHDRAWN = "mark.withdrawn", "отозвана оценка"
    MARK_CORRECTED = "mark.corrected", "исправлена оценка"
    CORRECTION_PROPOSED = "correction.proposed", "предложено исправление оценки"
    CORRECTION_CONFIRMED = "correction.confirmed", "подтверждено исправление оценки"
    CORRECTION_REFUSED = "correction.refused", "отказано в исправлении оценки"
    RECORD_BOOK_READ = "record_book.read", "просмотрена зачётная книжка"
    COHORT_MARKS_READ = "cohort_marks.read", "просмотрены оценки группы"
    RECORD_BOOK_EXPORTED = "record_book.exported", "выгружена зачётная книжка"
    VERIFICATION_TOKEN_MADE = "verification_token.made", "создан адрес проверки выписки"
    PERSONAL_FILE_EXPORTED = "personal_file.exported", "собрано личное дело"
    SUMMARY_STATED = "summary.stated", "составлена сводная ведомость"
    # destruction (152-ФЗ ст. 21)
    DESTRUCTION_ACT_COMPOSED = "destruction_act.composed", "составлен акт об уничтожении персональных данных"
    DESTRUCTION_LINE_ADDED = "destruction_line.added", "внесена строка акта об уничтожении"
    DESTRUCTION_ACT_APPROVED = "destruction_act.approved", "утверждён акт об уничтожении персональных данных"
    DESTRUCTION_ACT_RETURNED = "destruction_act.returned", "возвращён акт об уничтожении персональных данных"
    DESTRUCTION_ACT_EXPORTED = "destruction_act.exported", "выгружен акт об уничтожении персональных данных"
    RECORD_DESTROYED = "record.destroyed", "уничтожены персональные данные по акту"
    HOLD_PLACED = "hold.placed", "введён запрет на уничтожение"
    HOLD_LIFTED = "hold.lifted", "снят запрет на уничтожение"
    # registers (п. 2.5)
    REGISTER_OPENED = "register.opened", "открыт журнал регистрации"
    REGISTER_COUNTED = "register.counted", "сдвинут счётчик журнала регистрации"
    NUMBER_GIVEN = "number.given", "присвоен номер"
    # the system itself (п. 3.9)
    LEDGER_CHECKED = "ledger.checked", "проверен журнал событий"
    SIGNING_KEY_ANNOUNCED = "signing_key.announced", "объявлен новый ключ подписи"


WITNESSED: Final = frozenset(
    {
        EventType.ACCESS_REFUSED,
        EventType.ACCOUNT_SIGNED_IN,
        EventType.ACCOUNT_SIGN_IN_REFUSED,
        EventType.ACCOUNT_SIGNED_OUT,
        EventType.ACCOUNT_CONFIRMED,
        EventType.ACCOUNT_SESSIONS_ENDED,
        EventType.SECOND_FACTOR_USED,
        EventType.SECOND_FACTOR_REFUSED,
        EventType.PERSONAL_DATA_REVEALED,
        EventType.PERSON_READ,
        EventType.PERSON_FOUND,
        EventType.RECORD_BOOK_READ,
        EventType.COHORT_MARKS_READ,
        EventType.SUBJECT_DATA_READ,
        EventType.SUBJECT_DATA_EXPORTED,
        EventType.LIST_EXPORTED,
        EventType.JOB_FILE_TAKEN,
        EventType.MATRIX_EXPORTED,
        EventType.DESTRUCTION_ACT_EXPORTED,
        EventType.LEDGER_CHECKED,
    }
)
"""Somebody looked or knocked: the subject did not change, so its fields are not committed again."""

STATED: Final = frozenset({EventType.RECORD_BOOK_EXPORTED, EventType.SUMMARY_STATED, EventType.PERSONAL_FILE_EXPORTED})
"""The commitment, if any, covers a document handed out (`record_statement`), not the fields of the subject."""

REMOVED: Final = frozenset(
    {
        EventType.MODULE_REMOVED,
        EventType.PLANNED_RESULT_REMOVED,
        EventType.PLANNED_RESULT_UNPROVED,
        EventType.ORDER_LINE_REMOVED,
    }
)
"""Recorded just before the row is deleted; a row that vanished without such an event is a finding."""

APPENDED: Final = frozenset(
    {
        "destruction.actline",
        "files.destroyedfile",
        "files.storedfile",
        "learning.award",
        "learning.cancellation",
        "learning.carried",
        "learning.commissioner",
        "learning.equivalence",
        "learning.excuse",
        "learning.handover",
        "learning.mark",
        "learning.planline",
        "learning.sheetmember",
        "learning.studyplan",
        "learning.verificationtoken",
        "people.consent",
        "people.distinction",
        "people.educationdocument",
        "people.matrixdecision",
        "people.matrixedition",
        "people.personname",
        "people.posting",
        "programs.grade",
        "registers.entry",
    }
)
"""Kinds of records that are only added: one event commits to each, once; a second could only replace what it said."""
