"""The page of rights (п. 3.8). Nothing else in the system grants anything.

A role is a job description. An account gets it by an order with a number and a term, for one unit or for the whole
academy. `MATRIX` says which role may do what, how far it reaches (`Scope`), which classes of fields it opens
(`FieldClass`) and on which line of which paper that rests. `guard.py` turns the page into queries.
"""

from __future__ import annotations

from zachetka.access.vocabulary import (
    DOCUMENTS,
    PERSONAL,
    ROLE_NAMES,
    STAFF,
    WORK,
    FieldClass,
    Grant,
    Permission,
    Role,
    Scope,
)

__all__ = [
    "ANEW",
    "DOCUMENTS",
    "EMERGENCY",
    "KEPT",
    "MATRIX",
    "PERSONAL",
    "ROLE_NAMES",
    "SEPARATED",
    "STAFF",
    "UNASKED",
    "WORK",
    "FieldClass",
    "Grant",
    "Permission",
    "Role",
    "Scope",
]

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
    P.DOUBLE_READ: {
        R.METHODIST: Grant(S.ALL, "ДИ методиста, п. 2.1", DOCUMENTS),
        R.PRIVACY: Grant(S.ALL, "ДИ ответственного за ПДн, п. 2.1", DOCUMENTS),
    },
    P.DOUBLE_EDIT: {R.METHODIST: Grant(S.ALL, "ДИ методиста, п. 2.1", DOCUMENTS)},
    P.DOUBLE_MERGE: {R.METHODIST: Grant(S.ALL, "ДИ методиста, п. 2.1", DOCUMENTS)},
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
    P.NORM_SET: {R.HEAD: Grant(S.ALL, "ДИ руководителя, п. 2.2; локальный акт")},
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
    P.SHEET_HAND_OVER: {R.METHODIST: Grant(S.UNIT, "ДИ методиста, п. 2.8; Положение, п. 2.2")},
    P.RESIT_APPOINT: {R.METHODIST: Grant(S.UNIT, "ДИ методиста, п. 2.11; 273-ФЗ ст. 58", PERSONAL)},
    P.EXCUSE_EDIT: {R.METHODIST: Grant(S.UNIT, "ДИ методиста, п. 2.11; 273-ФЗ ст. 58", PERSONAL)},
    P.AWARD_EDIT: {R.METHODIST: Grant(S.UNIT, "ДИ методиста, п. 2.8; 273-ФЗ ст. 28 ч. 3 п. 11")},
    P.AWARD_WITHDRAW: {
        R.METHODIST: Grant(S.UNIT, "ДИ методиста, п. 2.8"),
        R.HEAD: Grant(S.ALL, "ДИ руководителя, п. 2.3"),
    },
    P.REOPENING_ASK: {
        R.TEACHER: Grant(S.TAUGHT, "ДИ преподавателя, п. 2.3"),
        R.METHODIST: Grant(S.UNIT, "ДИ методиста, п. 2.9"),
    },
    P.REOPENING_DECIDE: {R.HEAD: Grant(S.ALL, "ДИ руководителя, п. 2.3; Положение, п. 2.2")},
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
    P.DESTRUCTION_READ: {
        R.LEARNER: Grant(S.OWN, "152-ФЗ ст. 14, 21"),
        R.ARCHIVIST: Grant(S.ALL, "ДИ архивариуса, п. 2.3"),
        R.INSPECTOR: Grant(S.ALL, "ДИ контролёра, п. 2.1; Положение, п. 2.6"),
        R.HEAD: Grant(S.ALL, "ДИ руководителя, п. 2.6; 152-ФЗ ст. 21"),
        R.PRIVACY: Grant(S.ALL, "ДИ ответственного за ПДн, п. 2.6; 152-ФЗ ст. 21"),
    },
    P.DESTRUCTION_DRAFT: {R.PRIVACY: Grant(S.ALL, "ДИ ответственного за ПДн, п. 2.6; 152-ФЗ ст. 21")},
    P.DESTRUCTION_APPROVE: {R.HEAD: Grant(S.ALL, "ДИ руководителя, п. 2.6; Положение, п. 3.7; 152-ФЗ ст. 21")},
    P.HOLD_READ: {
        R.ARCHIVIST: Grant(S.ALL, "ДИ архивариуса, п. 2.3"),
        R.INSPECTOR: Grant(S.ALL, "ДИ контролёра, п. 2.1; Положение, п. 2.6"),
        R.HEAD: Grant(S.ALL, "ДИ руководителя, п. 2.6"),
        R.PRIVACY: Grant(S.ALL, "ДИ ответственного за ПДн, п. 2.6"),
    },
    P.HOLD_EDIT: {R.PRIVACY: Grant(S.ALL, "ДИ ответственного за ПДн, п. 2.6")},
    P.HOLD_LIFT: {R.HEAD: Grant(S.ALL, "ДИ руководителя, п. 2.6; Положение, п. 3.8")},
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

KEPT = frozenset({P.HOME_READ, P.NOTICE_READ, P.EMERGENCY_READ})
"""What a suspended role keeps: to read that it is suspended, why, and what the review came to."""

PERSONAL_DATA_ROLES = frozenset(
    role for grants in MATRIX.values() for role, grant in grants.items() if FieldClass.PERSONAL in grant.fields
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
    P.NORM_SET: "введённую норму и редакцию шкалы не отменяют: со своего дня они решают за всех, их лишь сменяют следующими",
    P.CORRECTION_CONFIRM: "исправленная оценка становится действующей, решение не отзывают",
    P.REOPENING_DECIDE: "в открытой заново ведомости меняются оценки, которые уже закрыты",
    P.ROLE_APPROVE: "роль открывает чужие данные с той же минуты",
    P.ACCOUNT_CREATE: "с временным паролем входят вместо владельца",
    P.ACCOUNT_RESTORE: "с временным паролем входят вместо владельца",
    P.ACCOUNT_CLOSE: "закрытую учётную запись не открывают снова",
    P.LEARNER_ADMIT: "с листком входят вместо слушателя",
    P.EMERGENCY_OPEN: "увиденного по экстренному доступу назад не вернуть",
    P.DOUBLE_MERGE: "объединённая карточка пропадает из списков, и разъединит её только другой человек",
    P.MATRIX_APPROVE: "по утверждённой матрице отвечают, кто и к чему допущен",
    P.EMPLOYEE_EDIT: "увольнение закрывает учётную запись и прекращает роли",
    P.RESIT_APPOINT: "закон даёт две пересдачи: несостоявшуюся отменяют, состоявшаяся остаётся попыткой",
    P.EXCUSE_EDIT: "уважительная причина сдвигает срок долга, а неявка с ней перестаёт быть попыткой",
    P.EMERGENCY_REVIEW: "вывод проверки остаётся: второй проверки у доступа нет",
    P.CONSENT_SETTLE: "исполненный отзыв согласия не открывают снова",
    P.REQUEST_ANSWER: "ответ, переданный человеку, назад не берут",
    P.DESTRUCTION_APPROVE: "уничтоженные данные не вернуть",
}
"""What nobody takes back, and why: whoever does it has proved within `settings.CONFIRMATION_TERM` that it is still they
(ASVS 7.5.1, 7.5.3). `guard.require` asks for it on the web, where an open page may be anybody's."""

_SHOWN = "только показывает"
_COPIED = "копию берут под запись и счёт: лишний вопрос её не вернёт, а право на неё у роли каждый день"
_DECIDED = "до решения другого человека не действует"

UNASKED: dict[Permission, str] = {
    **{one: _SHOWN for one in P if one.partition(":")[2] in {"read", "check"}},
    P.EMERGENCY_READ: "показывает; закрыть раньше срока может лишь открывший, и это только убавляет доступ",
    P.JOB_READ: "показывает своё; остановленное задание запускают снова",
    P.NOTICE_READ: "показывает своё; настройки меняют обратно",
    P.ROLE_PROPOSE: "предложенное до решения другого человека не действует, оконченную роль дают снова",
    P.MATRIX_PROPOSE: _DECIDED,
    P.CORRECTION_PROPOSE: _DECIDED,
    P.REOPENING_ASK: _DECIDED,
    P.DESTRUCTION_DRAFT: _DECIDED,
    P.HOLD_EDIT: "введённый запрет снимают приказом",
    P.HOLD_LIFT: "снятый запрет вводят снова, а уничтожает лишь акт, который составляет другой человек",
    P.ORDER_DRAFT: "черновик правят и отменяют, издаёт другой человек",
    P.PROGRAM_EDIT: "черновик правят, утверждает другой человек",
    P.PERSON_EDIT: "сведения правят снова, ошибочное имя заменяют верным",
    P.PERSON_IMPORT: "каждую строку видят до записи, внесённое правят",
    P.PERSON_REVEAL: "открывают каждый день и по одному полю, каждое открытие записано и посчитано",
    P.CONSENT_EDIT: "внесённое согласие отзывают",
    P.DOUBLE_EDIT: "решение о похожих карточках возвращают к рассмотрению",
    P.CONSENT_WITHDRAW: "взамен отозванного дают новое согласие",
    P.COHORT_EDIT: "сроки и преподавателей меняют, пока ведомость открыта",
    P.AWARD_EDIT: "ошибочную запись отзывает другой человек, обе остаются",
    P.AWARD_WITHDRAW: "отозванное вносят снова, обе записи остаются",
    P.SHEET_FILL: "в открытой ведомости оценку меняют, прежняя остаётся видна",
    P.SHEET_CLOSE: "закрытую ведомость исправляют вдвоём",
    P.SHEET_HAND_OVER: "переданное передают обратно, обе записи остаются; оценки в ней меняют только вдвоём",
    **dict.fromkeys(
        (P.PERSON_EXPORT, P.SUBJECT_EXPORT, P.RECORD_BOOK_EXPORT, P.COHORT_BOOKS_EXPORT, P.PERSONAL_FILE_EXPORT),
        _COPIED,
    ),
}
"""Every other permission, and why it is not asked anew: nothing changes, it is taken back, or somebody else decides."""
