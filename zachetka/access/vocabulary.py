"""The words of the page of rights: who (`Role`), what (`Permission`), how far (`Scope`), which fields (`FieldClass`).

They grant nothing: `policy.MATRIX` does, and everybody else imports these words from there.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """Job descriptions, in the order in which the access matrix is printed."""

    LEARNER = "learner"
    TEACHER = "teacher"
    METHODIST = "methodist"
    REGISTRAR = "registrar"
    SECRETARY = "secretary"
    CHAIR = "chair"
    ARCHIVIST = "archivist"
    INSPECTOR = "inspector"
    HEAD = "head"
    PRIVACY = "privacy"
    ADMIN = "admin"
    SECURITY = "security"

    @property
    def label(self) -> str:
        """The role's Russian name as it stands in the job description."""
        return ROLE_NAMES[self]

    @property
    def acting(self) -> str:
        """How whoever substitutes a holder of the role is called: «и. о. методиста»."""
        return f"и. о. {_OF_WHOM[self]}"


ROLE_NAMES = {
    Role.LEARNER: "слушатель",
    Role.TEACHER: "преподаватель",
    Role.METHODIST: "методист",
    Role.REGISTRAR: "делопроизводитель",
    Role.SECRETARY: "секретарь комиссии",
    Role.CHAIR: "председатель комиссии",
    Role.ARCHIVIST: "архивариус",
    Role.INSPECTOR: "контролёр",
    Role.HEAD: "руководитель",
    Role.PRIVACY: "ответственный за персональные данные",
    Role.ADMIN: "администратор системы",
    Role.SECURITY: "администратор безопасности",
}
_OF_WHOM = {
    Role.LEARNER: "слушателя",
    Role.TEACHER: "преподавателя",
    Role.METHODIST: "методиста",
    Role.REGISTRAR: "делопроизводителя",
    Role.SECRETARY: "секретаря комиссии",
    Role.CHAIR: "председателя комиссии",
    Role.ARCHIVIST: "архивариуса",
    Role.INSPECTOR: "контролёра",
    Role.HEAD: "руководителя",
    Role.PRIVACY: "ответственного за персональные данные",
    Role.ADMIN: "администратора системы",
    Role.SECURITY: "администратора безопасности",
}

STAFF = frozenset(Role) - {Role.LEARNER}


class Permission(StrEnum):
    """What can be done, `noun:verb`, in the order of the rooms. The sentence is what the matrix prints."""

    ACCOUNT_READ = "account:read"
    ACCOUNT_CREATE = "account:create"
    ACCOUNT_CLOSE = "account:close"
    ACCOUNT_RESTORE = "account:restore"
    ROLE_PROPOSE = "role:propose"
    ROLE_APPROVE = "role:approve"
    EMERGENCY_OPEN = "emergency:open"
    EMERGENCY_READ = "emergency:read"
    EMERGENCY_REVIEW = "emergency:review"
    MATRIX_READ = "matrix:read"
    MATRIX_PROPOSE = "matrix:propose"
    MATRIX_APPROVE = "matrix:approve"
    EVENT_READ = "event:read"
    LEDGER_CHECK = "ledger:check"
    JOB_READ = "job:read"
    PERSON_READ = "person:read"
    PERSON_EDIT = "person:edit"
    PERSON_REVEAL = "person:reveal"
    PERSON_IMPORT = "person:import"
    PERSON_EXPORT = "person:export"
    SUBJECT_READ = "subject:read"
    SUBJECT_EXPORT = "subject:export"
    REQUEST_READ = "request:read"
    REQUEST_ANSWER = "request:answer"
    CONSENT_READ = "consent:read"
    CONSENT_EDIT = "consent:edit"
    CONSENT_WITHDRAW = "consent:withdraw"
    CONSENT_SETTLE = "consent:settle"
    DOUBLE_READ = "double:read"
    DOUBLE_EDIT = "double:edit"
    DOUBLE_MERGE = "double:merge"
    LEARNER_ADMIT = "learner:admit"
    EMPLOYEE_READ = "employee:read"
    EMPLOYEE_EDIT = "employee:edit"
    PROGRAM_READ = "program:read"
    PROGRAM_EDIT = "program:edit"
    PROGRAM_APPROVE = "program:approve"
    NORM_SET = "norm:set"
    REGISTER_READ = "register:read"
    COHORT_READ = "cohort:read"
    COHORT_EDIT = "cohort:edit"
    ORDER_READ = "order:read"
    ORDER_DRAFT = "order:draft"
    ORDER_APPROVE = "order:approve"
    SHEET_READ = "sheet:read"
    SUMMARY_READ = "summary:read"
    SHEET_FILL = "sheet:fill"
    SHEET_CLOSE = "sheet:close"
    SHEET_HAND_OVER = "sheet:hand_over"
    RESIT_APPOINT = "resit:appoint"
    EXCUSE_EDIT = "excuse:edit"
    AWARD_EDIT = "award:edit"
    AWARD_WITHDRAW = "award:withdraw"
    REOPENING_ASK = "reopening:ask"
    REOPENING_DECIDE = "reopening:decide"
    CORRECTION_PROPOSE = "correction:propose"
    CORRECTION_CONFIRM = "correction:confirm"
    RECORD_BOOK_READ = "record_book:read"
    RECORD_BOOK_EXPORT = "record_book:export"
    COHORT_BOOKS_EXPORT = "cohort_books:export"
    PERSONAL_FILE_EXPORT = "personal_file:export"
    DESTRUCTION_READ = "destruction:read"
    DESTRUCTION_DRAFT = "destruction:draft"
    DESTRUCTION_APPROVE = "destruction:approve"
    HOLD_READ = "hold:read"
    HOLD_EDIT = "hold:edit"
    HOLD_LIFT = "hold:lift"
    NOTICE_READ = "notice:read"
    HOME_READ = "home:read"
    DESIGN_READ = "design:read"

    @property
    def sentence(self) -> str:
        """What the permission lets one do, in Russian."""
        return PERMISSION_SENTENCES[self]


PERMISSION_SENTENCES = {
    Permission.ACCOUNT_READ: "видеть учётные записи и назначенные роли",
    Permission.ACCOUNT_CREATE: "заводить учётные записи; выдавать временный пароль, а для записи с ролью — запрашивать его",
    Permission.ACCOUNT_CLOSE: "закрывать учётные записи",
    Permission.ACCOUNT_RESTORE: "выдавать временный пароль записи с ролью, запрошенный другим",
    Permission.ROLE_PROPOSE: "предлагать роль по приказу",
    Permission.ROLE_APPROVE: "утверждать роль, предложенную другим, и прекращать роль досрочно",
    Permission.EMERGENCY_OPEN: "открывать экстренный доступ к записи одного слушателя: на чтение, не больше часа, под проверку",
    Permission.EMERGENCY_READ: "видеть экстренные доступы и их проверку",
    Permission.EMERGENCY_REVIEW: "проверять экстренный доступ, открытый другим",
    Permission.MATRIX_READ: "видеть «Матрицу доступа» и её редакции, брать их файлом под запись",
    Permission.MATRIX_PROPOSE: "представлять «Матрицу доступа» на утверждение",
    Permission.MATRIX_APPROVE: "утверждать «Матрицу доступа», представленную другим",
    Permission.EVENT_READ: "читать журнал событий",
    Permission.LEDGER_CHECK: "проверять журнал событий целиком",
    Permission.JOB_READ: "видеть ход фоновых заданий",
    Permission.PERSON_READ: "видеть карточку человека",
    Permission.PERSON_EDIT: "вести карточку человека",
    Permission.PERSON_REVEAL: "открывать скрытые персональные данные под запись",
    Permission.PERSON_IMPORT: "загружать списки слушателей",
    Permission.PERSON_EXPORT: "выгружать списки людей",
    Permission.SUBJECT_READ: "видеть всё, что хранится о человеке, и кто это смотрел",
    Permission.SUBJECT_EXPORT: "выгружать всё, что хранится о человеке",
    Permission.REQUEST_READ: "видеть запросы субъектов данных и ответы на них",
    Permission.REQUEST_ANSWER: "вносить запросы субъектов данных и отвечать на них",
    Permission.CONSENT_READ: "видеть согласия и их отзывы",
    Permission.CONSENT_EDIT: "вносить согласия",
    Permission.CONSENT_WITHDRAW: "отзывать согласие, вносить его отзыв",
    Permission.CONSENT_SETTLE: "исполнять отзыв согласия",
    Permission.DOUBLE_READ: "видеть похожие карточки и решения о них",
    Permission.DOUBLE_EDIT: "вести решения о похожих карточках: разные люди или снова под вопросом",
    Permission.DOUBLE_MERGE: "объединять карточки одного человека и разъединять объединённые другим",
    Permission.LEARNER_ADMIT: "давать вход зачисленным: учётную запись, роль слушателя по приказу, временный пароль",
    Permission.EMPLOYEE_READ: "видеть список работников",
    Permission.EMPLOYEE_EDIT: "вести список работников: приём, перевод, увольнение",
    Permission.PROGRAM_READ: "видеть программы",
    Permission.PROGRAM_EDIT: "составлять программы и учебные планы",
    Permission.PROGRAM_APPROVE: "утверждать программы",
    Permission.NORM_SET: "вводить нормы и редакции шкал по локальному акту: минимумы часов и комиссий, долю зачёта, сроки, оценки",
    Permission.REGISTER_READ: "видеть книги регистрации",
    Permission.COHORT_READ: "видеть группы",
    Permission.COHORT_EDIT: "формировать группы",
    Permission.ORDER_READ: "видеть приказы",
    Permission.ORDER_DRAFT: "готовить приказы",
    Permission.ORDER_APPROVE: "издавать приказы",
    Permission.SHEET_READ: "видеть ведомости",
    Permission.SUMMARY_READ: "видеть и выгружать сводную ведомость группы",
    Permission.SHEET_FILL: "вносить оценки в свою ведомость",
    Permission.SHEET_CLOSE: "закрывать свою ведомость",
    Permission.SHEET_HAND_OVER: "передавать ведомость, и закрытую, и ведомость комиссии, другому преподавателю по документу",
    Permission.RESIT_APPOINT: "назначать и отменять пересдачи",
    Permission.EXCUSE_EDIT: "учитывать болезнь, отпуск и другие уважительные причины",
    Permission.AWARD_EDIT: "вносить поощрения слушателей",
    Permission.AWARD_WITHDRAW: "отзывать поощрение, внесённое другим",
    Permission.REOPENING_ASK: "просить открыть закрытую ведомость заново",
    Permission.REOPENING_DECIDE: "открывать закрытую ведомость заново по просьбе другого",
    Permission.CORRECTION_PROPOSE: "предлагать исправление своей оценки",
    Permission.CORRECTION_CONFIRM: "подтверждать исправление чужой оценки",
    Permission.RECORD_BOOK_READ: "видеть зачётную книжку",
    Permission.RECORD_BOOK_EXPORT: "печатать зачётную книжку и выгружать её доказательство",
    Permission.COHORT_BOOKS_EXPORT: "собирать зачётные книжки всей группы в один файл",
    Permission.PERSONAL_FILE_EXPORT: "собирать личное дело слушателя под запись",
    Permission.DESTRUCTION_READ: "видеть отзывы согласий, акты об уничтожении персональных данных и брать их файлом",
    Permission.DESTRUCTION_DRAFT: "составлять акты об уничтожении персональных данных",
    Permission.DESTRUCTION_APPROVE: "утверждать акт об уничтожении, составленный другим: данные уничтожаются сразу",
    Permission.HOLD_READ: "видеть запреты на уничтожение",
    Permission.HOLD_EDIT: "вводить запрет на уничтожение по приказу",
    Permission.HOLD_LIFT: "снимать запрет на уничтожение по приказу: акта об этих данных снявший не составляет",
    Permission.NOTICE_READ: "читать свои уведомления и выбирать, что присылать",
    Permission.HOME_READ: "видеть свою страницу «Сегодня»",
    Permission.DESIGN_READ: "видеть лист оформления",
}


class Scope(StrEnum):
    """How far a grant reaches. `guard.SCOPE_PATHS` says what that means for each kind of record."""

    OWN = "own"
    """What is about the person."""
    TAUGHT = "taught"
    """What the person teaches."""
    ONE = "one"
    """The one person whom an emergency access names."""
    UNIT = "unit"
    """What belongs to the unit named in the order; the whole academy when the order names none."""
    ALL = "all"


class FieldClass(StrEnum):
    """Classes of fields. What is not opened to a role is not sent to its pages at all."""

    PUBLIC = "public"
    SERVICE = "service"
    PERSONAL = "personal"
    PERSONAL_DOCUMENTS = "personal_documents"

    @property
    def label(self) -> str:
        """The class as the access matrix prints it."""
        return {
            "public": "общедоступные",
            "service": "служебные",
            "personal": "персональные",
            "personal_documents": "личные документы",
        }[self.value]


WORK = frozenset({FieldClass.PUBLIC, FieldClass.SERVICE})
PERSONAL = WORK | {FieldClass.PERSONAL}
DOCUMENTS = PERSONAL | {FieldClass.PERSONAL_DOCUMENTS}


@dataclass(frozen=True, slots=True)
class Grant:
    """One cell of the matrix.

    Attributes:
        scope: how far it reaches.
        basis: line of the job description or local act that gives it.
        fields: classes of fields it opens; personal ones stay masked until revealed, each reveal recorded.
    """

    scope: Scope
    basis: str
    fields: frozenset[FieldClass] = WORK
