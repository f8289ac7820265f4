"""The page of rights (п. 3.8). Nothing else in the system grants anything.

A role is a job description. An account gets it by an order with a number and a term, for one unit or for the whole
academy. `MATRIX` says which role may do what, how far it reaches (`Scope`), which classes of fields it opens
(`FieldClass`) and on which line of which paper that rests. `guard.py` turns the page into queries.
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
    LEARNER_ADMIT = "learner:admit"
    EMPLOYEE_READ = "employee:read"
    EMPLOYEE_EDIT = "employee:edit"
    PROGRAM_READ = "program:read"
    PROGRAM_EDIT = "program:edit"
    PROGRAM_APPROVE = "program:approve"
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
    RESIT_APPOINT = "resit:appoint"
    CORRECTION_PROPOSE = "correction:propose"
    CORRECTION_CONFIRM = "correction:confirm"
    RECORD_BOOK_READ = "record_book:read"
    RECORD_BOOK_EXPORT = "record_book:export"
    COHORT_BOOKS_EXPORT = "cohort_books:export"
    PERSONAL_FILE_EXPORT = "personal_file:export"
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
    Permission.ROLE_PROPOSE: "предлагать роль по приказу и её окончание",
    Permission.ROLE_APPROVE: "утверждать роль, предложенную другим",
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
    Permission.LEARNER_ADMIT: "давать вход зачисленным: учётную запись, роль слушателя по приказу, временный пароль",
    Permission.EMPLOYEE_READ: "видеть список работников",
    Permission.EMPLOYEE_EDIT: "вести список работников: приём, перевод, увольнение",
    Permission.PROGRAM_READ: "видеть программы",
    Permission.PROGRAM_EDIT: "составлять программы и учебные планы",
    Permission.PROGRAM_APPROVE: "утверждать программы",
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
    Permission.RESIT_APPOINT: "назначать пересдачи и учитывать уважительные причины",
    Permission.CORRECTION_PROPOSE: "предлагать исправление своей оценки",
    Permission.CORRECTION_CONFIRM: "подтверждать исправление чужой оценки",
    Permission.RECORD_BOOK_READ: "видеть зачётную книжку",
    Permission.RECORD_BOOK_EXPORT: "печатать зачётную книжку и выгружать её доказательство",
    Permission.COHORT_BOOKS_EXPORT: "собирать зачётные книжки всей группы в один файл",
    Permission.PERSONAL_FILE_EXPORT: "собирать личное дело слушателя под запись",
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


F = FieldClass
WORK = frozenset({F.PUBLIC, F.SERVICE})
PERSONAL = WORK | {F.PERSONAL}
DOCUMENTS = PERSONAL | {F.PERSONAL_DOCUMENTS}


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


P, R, S = Permission, Role, Scope

MATRIX: dict[Permission, dict[Role, Grant]] = {
    P.ACCOUNT_READ: {
        R.ADMIN: Grant(S.ALL, "ДИ администратора системы, п. 2.1"),
        R.SECURITY: Grant(S.ALL, "ДИ администратора безопасности, п. 2.1"),
        R.PRIVACY: Grant(S.ALL, "ДИ ответственного за ПДн, п. 2.2"),
        R.INSPECTOR: Grant(S.ALL, "ДИ контролёра, п. 2.3; Положение, п. 2.6"),
    },
    P.ACCOUNT_CREATE: {R.ADMIN: Grant(S.ALL, "ДИ администратора системы, п. 2.3")},
    P.ACCOUNT_CLOSE: {
        R.ADMIN: Grant(S.ALL, "ДИ администратора системы, п. 2.3"),
        R.SECURITY: Grant(S.ALL, "ДИ администратора безопасности, п. 2.5"),
    },
    P.ACCOUNT_RESTORE: {R.SECURITY: Grant(S.ALL, "ДИ администратора безопасности, п. 2.6")},
    P.ROLE_PROPOSE: {R.ADMIN: Grant(S.ALL, "ДИ администратора системы, п. 2.2")},
    P.ROLE_APPROVE: {R.SECURITY: Grant(S.ALL, "ДИ администратора безопасности, п. 2.2")},
    P.EMERGENCY_OPEN: {
        R.TEACHER: Grant(S.ALL, "Порядок экстренного доступа, п. 1"),
        R.METHODIST: Grant(S.ALL, "Порядок экстренного доступа, п. 1"),
        R.SECRETARY: Grant(S.ALL, "Порядок экстренного доступа, п. 1"),
        R.ARCHIVIST: Grant(S.ALL, "Порядок экстренного доступа, п. 1"),
    },
    P.EMERGENCY_READ: {
        R.TEACHER: Grant(S.OWN, "Порядок экстренного доступа, п. 1"),
        R.METHODIST: Grant(S.OWN, "Порядок экстренного доступа, п. 1"),
        R.SECRETARY: Grant(S.OWN, "Порядок экстренного доступа, п. 1"),
        R.ARCHIVIST: Grant(S.OWN, "Порядок экстренного доступа, п. 1"),
        R.INSPECTOR: Grant(S.ALL, "ДИ контролёра, п. 2.1; Положение, п. 2.6"),
        R.HEAD: Grant(S.ALL, "ДИ руководителя, п. 2.5"),
        R.PRIVACY: Grant(S.ALL, "ДИ ответственного за ПДн, п. 2.5"),
        R.SECURITY: Grant(S.ALL, "ДИ администратора безопасности, п. 2.8"),
    },
    P.EMERGENCY_REVIEW: {
        R.PRIVACY: Grant(S.ALL, "ДИ ответственного за ПДн, п. 2.5"),
        R.SECURITY: Grant(S.ALL, "ДИ администратора безопасности, п. 2.8"),
    },
    P.MATRIX_READ: {
        R.ADMIN: Grant(S.ALL, "ДИ администратора системы, п. 2.1"),
        R.SECURITY: Grant(S.ALL, "ДИ администратора безопасности, п. 2.7"),
        R.PRIVACY: Grant(S.ALL, "ДИ ответственного за ПДн, п. 2.2"),
        R.INSPECTOR: Grant(S.ALL, "ДИ контролёра, п. 2.3; Положение, п. 2.6"),
        R.HEAD: Grant(S.ALL, "ДИ руководителя, п. 2.5"),
    },
    P.MATRIX_PROPOSE: {R.SECURITY: Grant(S.ALL, "ДИ администратора безопасности, п. 2.7")},
    P.MATRIX_APPROVE: {R.HEAD: Grant(S.ALL, "ДИ руководителя, п. 2.5; ПП РФ № 1119, п. 13")},
    P.EVENT_READ: {
        R.LEARNER: Grant(S.OWN, "152-ФЗ ст. 14"),
        R.SECURITY: Grant(S.ALL, "ДИ администратора безопасности, п. 2.3"),
        R.INSPECTOR: Grant(S.ALL, "ДИ контролёра, п. 2.1; Положение, п. 2.6"),
        R.PRIVACY: Grant(S.ALL, "ДИ ответственного за ПДн, п. 2.3"),
    },
    P.LEDGER_CHECK: {
        R.SECURITY: Grant(S.ALL, "ДИ администратора безопасности, п. 2.4"),
        R.INSPECTOR: Grant(S.ALL, "ДИ контролёра, п. 2.2; Положение, п. 2.6"),
    },
    P.JOB_READ: {role: Grant(S.OWN, "Положение, п. 3.9") for role in Role},
    P.PERSON_READ: {
        R.LEARNER: Grant(S.OWN, "152-ФЗ ст. 14", DOCUMENTS),
        R.TEACHER: Grant(S.TAUGHT, "ДИ преподавателя, п. 2.4"),
        R.METHODIST: Grant(S.ALL, "ДИ методиста, п. 2.1", DOCUMENTS),
        R.REGISTRAR: Grant(S.ALL, "ДИ делопроизводителя, п. 2.1", DOCUMENTS),
        R.HEAD: Grant(S.ALL, "ДИ руководителя, п. 2.1", PERSONAL),
        R.INSPECTOR: Grant(S.ALL, "ДИ контролёра, п. 2.1; Положение, п. 2.6"),
        R.PRIVACY: Grant(S.ALL, "ДИ ответственного за ПДн, п. 2.1", DOCUMENTS),
    },
    P.PERSON_EDIT: {R.METHODIST: Grant(S.ALL, "ДИ методиста, п. 2.1", DOCUMENTS)},
    P.PERSON_REVEAL: {
        R.LEARNER: Grant(S.OWN, "152-ФЗ ст. 14", DOCUMENTS),
        R.METHODIST: Grant(S.ALL, "ДИ методиста, п. 2.1", DOCUMENTS),
        R.REGISTRAR: Grant(S.ALL, "ДИ делопроизводителя, п. 2.1", DOCUMENTS),
        R.HEAD: Grant(S.ALL, "ДИ руководителя, п. 2.1", PERSONAL),
        R.PRIVACY: Grant(S.ALL, "ДИ ответственного за ПДн, п. 2.1", DOCUMENTS),
    },
    P.PERSON_IMPORT: {R.METHODIST: Grant(S.ALL, "ДИ методиста, п. 2.2", DOCUMENTS)},
    P.PERSON_EXPORT: {
        R.METHODIST: Grant(S.ALL, "ДИ методиста, п. 2.3", PERSONAL),
        R.PRIVACY: Grant(S.ALL, "ДИ ответственного за ПДн, п. 2.4", PERSONAL),
    },
    P.SUBJECT_READ: {
        R.LEARNER: Grant(S.OWN, "152-ФЗ ст. 14", DOCUMENTS),
        R.PRIVACY: Grant(S.ALL, "ДИ ответственного за ПДн, п. 2.5; 152-ФЗ ст. 20", DOCUMENTS),
    },
    P.SUBJECT_EXPORT: {
        R.LEARNER: Grant(S.OWN, "152-ФЗ ст. 14", DOCUMENTS),
        R.PRIVACY: Grant(S.ALL, "ДИ ответственного за ПДн, п. 2.5; 152-ФЗ ст. 20", DOCUMENTS),
    },
    P.REQUEST_READ: {
        R.LEARNER: Grant(S.OWN, "152-ФЗ ст. 14"),
        R.INSPECTOR: Grant(S.ALL, "ДИ контролёра, п. 2.1; Положение, п. 2.6"),
        R.PRIVACY: Grant(S.ALL, "ДИ ответственного за ПДн, п. 2.5; 152-ФЗ ст. 20"),
    },
    P.REQUEST_ANSWER: {R.PRIVACY: Grant(S.ALL, "ДИ ответственного за ПДн, п. 2.5; 152-ФЗ ст. 20")},
    P.CONSENT_READ: {
        R.LEARNER: Grant(S.OWN, "152-ФЗ ст. 9, 14"),
        R.METHODIST: Grant(S.ALL, "ДИ методиста, п. 2.1"),
        R.INSPECTOR: Grant(S.ALL, "ДИ контролёра, п. 2.1; Положение, п. 2.6"),
        R.PRIVACY: Grant(S.ALL, "ДИ ответственного за ПДн, п. 2.6; 152-ФЗ ст. 9"),
    },
    P.CONSENT_EDIT: {
        R.METHODIST: Grant(S.ALL, "ДИ методиста, п. 2.1"),
        R.PRIVACY: Grant(S.ALL, "ДИ ответственного за ПДн, п. 2.6; 152-ФЗ ст. 9"),
    },
    P.CONSENT_WITHDRAW: {
        R.LEARNER: Grant(S.OWN, "152-ФЗ ст. 9"),
        R.METHODIST: Grant(S.ALL, "ДИ методиста, п. 2.1"),
        R.PRIVACY: Grant(S.ALL, "ДИ ответственного за ПДн, п. 2.6; 152-ФЗ ст. 9"),
    },
    P.CONSENT_SETTLE: {R.PRIVACY: Grant(S.ALL, "ДИ ответственного за ПДн, п. 2.6; 152-ФЗ ст. 21")},
    P.LEARNER_ADMIT: {R.METHODIST: Grant(S.UNIT, "ДИ методиста, п. 2.10")},
    P.EMPLOYEE_READ: {
        R.METHODIST: Grant(S.ALL, "ДИ методиста, п. 2.4"),
        R.HEAD: Grant(S.ALL, "ДИ руководителя, п. 2.1"),
        R.ADMIN: Grant(S.ALL, "ДИ администратора системы, п. 2.1"),
        R.SECURITY: Grant(S.ALL, "ДИ администратора безопасности, п. 2.1"),
    },
    P.EMPLOYEE_EDIT: {R.ADMIN: Grant(S.ALL, "ДИ администратора системы, п. 2.4")},
    P.PROGRAM_READ: {
        R.LEARNER: Grant(S.OWN, "ПП РФ № 1678"),
        R.TEACHER: Grant(S.TAUGHT, "ДИ преподавателя, п. 2.1"),
        R.METHODIST: Grant(S.UNIT, "ДИ методиста, п. 2.5"),
        R.REGISTRAR: Grant(S.ALL, "ДИ делопроизводителя, п. 2.2"),
        R.SECRETARY: Grant(S.UNIT, "ДИ секретаря комиссии, п. 2.1"),
        R.CHAIR: Grant(S.UNIT, "Положение о комиссии, п. 2.1"),
        R.ARCHIVIST: Grant(S.ALL, "ДИ архивариуса, п. 2.1"),
        R.INSPECTOR: Grant(S.ALL, "ДИ контролёра, п. 2.1; Положение, п. 2.6"),
        R.HEAD: Grant(S.ALL, "ДИ руководителя, п. 2.2"),
    },
    P.PROGRAM_EDIT: {R.METHODIST: Grant(S.UNIT, "ДИ методиста, п. 2.5")},
    P.PROGRAM_APPROVE: {R.HEAD: Grant(S.ALL, "ДИ руководителя, п. 2.2")},
    P.REGISTER_READ: {
        R.METHODIST: Grant(S.ALL, "ДИ методиста, п. 2.6"),
        R.REGISTRAR: Grant(S.ALL, "ДИ делопроизводителя, п. 2.3"),
        R.ARCHIVIST: Grant(S.ALL, "ДИ архивариуса, п. 2.2"),
        R.INSPECTOR: Grant(S.ALL, "ДИ контролёра, п. 2.1; Положение, п. 2.6"),
        R.HEAD: Grant(S.ALL, "ДИ руководителя, п. 2.3"),
    },
    P.COHORT_READ: {
        R.LEARNER: Grant(S.OWN, "ПП РФ № 1678"),
        R.TEACHER: Grant(S.TAUGHT, "ДИ преподавателя, п. 2.1"),
        R.METHODIST: Grant(S.UNIT, "ДИ методиста, п. 2.6"),
        R.REGISTRAR: Grant(S.ALL, "ДИ делопроизводителя, п. 2.2"),
        R.SECRETARY: Grant(S.UNIT, "ДИ секретаря комиссии, п. 2.1"),
        R.CHAIR: Grant(S.UNIT, "Положение о комиссии, п. 2.1"),
        R.INSPECTOR: Grant(S.ALL, "ДИ контролёра, п. 2.1; Положение, п. 2.6"),
        R.HEAD: Grant(S.ALL, "ДИ руководителя, п. 2.3"),
    },
    P.COHORT_EDIT: {R.METHODIST: Grant(S.UNIT, "ДИ методиста, п. 2.6")},
    P.ORDER_READ: {
        R.METHODIST: Grant(S.UNIT, "ДИ методиста, п. 2.7"),
        R.REGISTRAR: Grant(S.ALL, "ДИ делопроизводителя, п. 2.3"),
        R.ARCHIVIST: Grant(S.ALL, "ДИ архивариуса, п. 2.2"),
        R.INSPECTOR: Grant(S.ALL, "ДИ контролёра, п. 2.1; Положение, п. 2.6"),
        R.HEAD: Grant(S.ALL, "ДИ руководителя, п. 2.4"),
    },
    P.ORDER_DRAFT: {R.METHODIST: Grant(S.UNIT, "ДИ методиста, п. 2.7")},
    P.ORDER_APPROVE: {R.HEAD: Grant(S.ALL, "ДИ руководителя, п. 2.4; 273-ФЗ ст. 53, 61")},
    P.SHEET_READ: {
        R.TEACHER: Grant(S.TAUGHT, "ДИ преподавателя, п. 2.2"),
        R.METHODIST: Grant(S.UNIT, "ДИ методиста, п. 2.8"),
        R.SECRETARY: Grant(S.UNIT, "ДИ секретаря комиссии, п. 2.2"),
        R.CHAIR: Grant(S.UNIT, "Положение о комиссии, п. 2.2"),
        R.INSPECTOR: Grant(S.ALL, "ДИ контролёра, п. 2.1; Положение, п. 2.6"),
        R.HEAD: Grant(S.ALL, "ДИ руководителя, п. 2.3"),
    },
    P.SUMMARY_READ: {
        R.METHODIST: Grant(S.UNIT, "ДИ методиста, п. 2.8"),
        R.SECRETARY: Grant(S.UNIT, "ДИ секретаря комиссии, п. 2.2"),
        R.CHAIR: Grant(S.UNIT, "Положение о комиссии, п. 2.2"),
        R.INSPECTOR: Grant(S.ALL, "ДИ контролёра, п. 2.1; Положение, п. 2.6"),
        R.HEAD: Grant(S.ALL, "ДИ руководителя, п. 2.3"),
    },
    P.SHEET_FILL: {R.TEACHER: Grant(S.TAUGHT, "ДИ преподавателя, п. 2.2")},
    P.SHEET_CLOSE: {R.TEACHER: Grant(S.TAUGHT, "ДИ преподавателя, п. 2.2")},
    P.RESIT_APPOINT: {R.METHODIST: Grant(S.UNIT, "ДИ методиста, п. 2.11; 273-ФЗ ст. 58", PERSONAL)},
    P.CORRECTION_PROPOSE: {R.TEACHER: Grant(S.TAUGHT, "ДИ преподавателя, п. 2.3")},
    P.CORRECTION_CONFIRM: {R.METHODIST: Grant(S.UNIT, "ДИ методиста, п. 2.9")},
    P.RECORD_BOOK_READ: {
        R.LEARNER: Grant(S.OWN, "Положение, п. 2.5; ПП РФ № 1678", DOCUMENTS),
        R.TEACHER: Grant(S.TAUGHT, "ДИ преподавателя, п. 2.4"),
        R.METHODIST: Grant(S.UNIT, "ДИ методиста, п. 2.8", DOCUMENTS),
        R.REGISTRAR: Grant(S.ALL, "ДИ делопроизводителя, п. 2.1", DOCUMENTS),
        R.SECRETARY: Grant(S.UNIT, "ДИ секретаря комиссии, п. 2.2"),
        R.CHAIR: Grant(S.UNIT, "Положение о комиссии, п. 2.2"),
        R.INSPECTOR: Grant(S.ALL, "ДИ контролёра, п. 2.1; Положение, п. 2.6"),
        R.HEAD: Grant(S.ALL, "ДИ руководителя, п. 2.3", PERSONAL),
    },
    P.RECORD_BOOK_EXPORT: {
        R.LEARNER: Grant(S.OWN, "Положение, п. 2.5; ПП РФ № 1678", DOCUMENTS),
        R.METHODIST: Grant(S.UNIT, "ДИ методиста, п. 2.8", DOCUMENTS),
        R.REGISTRAR: Grant(S.ALL, "ДИ делопроизводителя, п. 2.1", DOCUMENTS),
    },
    P.COHORT_BOOKS_EXPORT: {
        R.METHODIST: Grant(S.UNIT, "ДИ методиста, п. 2.8", DOCUMENTS),
        R.REGISTRAR: Grant(S.ALL, "ДИ делопроизводителя, п. 2.1", DOCUMENTS),
    },
    P.PERSONAL_FILE_EXPORT: {
        R.METHODIST: Grant(S.UNIT, "ДИ методиста, п. 2.1, 2.8", DOCUMENTS),
        R.REGISTRAR: Grant(S.ALL, "ДИ делопроизводителя, п. 2.1", DOCUMENTS),
    },
    P.NOTICE_READ: {role: Grant(S.OWN, "Положение, п. 2.4") for role in Role},
    P.HOME_READ: {role: Grant(S.OWN, "Положение, п. 2.4") for role in Role},
    P.DESIGN_READ: {role: Grant(S.ALL, "Положение, п. 3.9") for role in STAFF},
}

EMERGENCY: dict[Permission, Grant] = {
    P.PERSON_READ: Grant(S.ONE, "Порядок экстренного доступа, п. 2", PERSONAL),
    P.PERSON_REVEAL: Grant(S.ONE, "Порядок экстренного доступа, п. 2", PERSONAL),
    P.RECORD_BOOK_READ: Grant(S.ONE, "Порядок экстренного доступа, п. 2", PERSONAL),
}
"""What an open emergency access gives beside the roles: to look at one learner, and nothing that writes or takes away."""

PERSONAL_DATA_ROLES = frozenset(
    role for grants in MATRIX.values() for role, grant in grants.items() if F.PERSONAL in grant.fields
) - {Role.LEARNER}

WRITERS = frozenset(
    role
    for permission, grants in MATRIX.items()
    if permission.partition(":")[2] not in {"read", "check", "reveal", "export", "open"}
    for role, grant in grants.items()
    if grant.scope is not S.OWN
)
"""Roles that write about others: a consent that one takes back oneself keeps nobody from checking."""

SEPARATED: frozenset[frozenset[Role]] = frozenset(
    {frozenset({Role.ADMIN, Role.SECURITY})}
    | {frozenset({Role.ADMIN, role}) for role in PERSONAL_DATA_ROLES}
    | {frozenset({Role.INSPECTOR, role}) for role in WRITERS - {Role.INSPECTOR}}
)
"""Pairs of roles that one person never holds at the same time, whatever number of accounts they have."""

ANEW: dict[Permission, str] = {
    P.ORDER_APPROVE: "приказ, однажды изданный, отменяют только новым приказом",
    P.PROGRAM_APPROVE: "утверждённую редакцию не правят: по ней учат и выдают документы",
    P.CORRECTION_CONFIRM: "исправленная оценка становится действующей, решение не отзывают",
    P.ROLE_APPROVE: "роль открывает чужие данные с той же минуты",
    P.ACCOUNT_CREATE: "с временным паролем входят вместо владельца",
    P.ACCOUNT_RESTORE: "с временным паролем входят вместо владельца",
    P.ACCOUNT_CLOSE: "закрытую учётную запись не открывают снова",
    P.LEARNER_ADMIT: "с листком входят вместо слушателя",
    P.EMERGENCY_OPEN: "увиденного по экстренному доступу назад не вернуть",
    P.MATRIX_APPROVE: "по утверждённой матрице отвечают, кто и к чему допущен",
    P.EMPLOYEE_EDIT: "увольнение закрывает учётную запись и прекращает роли",
}
"""What nobody takes back, and why: whoever does it has proved within `settings.CONFIRMATION_TERM` that it is still they
(ASVS 7.5.1, 7.5.3). `guard.require` asks for it on the web, where an open page may be anybody's."""
