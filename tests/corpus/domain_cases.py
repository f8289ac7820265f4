"""The control cases T1–T18 of the domain: where each is proved, or which papers it waits for (п. 3.8).

Each was worked out by hand from the law before the code was written; a test that proves one is named here in full.
"""

from __future__ import annotations

from typing import Final

RULES = "zachetka/people/tests/test_rules.py"
NUMBERS = "zachetka/registers/tests/test_numbers.py"
ORDERS = "zachetka/learning/tests/test_orders.py"
RESITS = "zachetka/learning/tests/test_resits.py"
ACTS = "zachetka/destruction/tests/test_acts.py"
CONSENTS = "zachetka/people/tests/test_consents.py"
ANOTHER = "tests/rights/test_another_cohort.py"
REFUSED = "tests/rights/test_refused_looks.py"

PROVED: Final[dict[str, tuple[str, ...]]] = {
    "T1": (f"{RULES}::test_a_right_snils_is_accepted_at_every_boundary_of_the_control_number",),
    "T2": (f"{RULES}::test_a_right_snils_is_accepted_at_every_boundary_of_the_control_number",),
    "T3": (
        f"{RULES}::test_a_wrong_snils_is_refused_with_what_to_do",
        f"{RULES}::test_a_right_snils_is_accepted_at_every_boundary_of_the_control_number",
    ),
    "T4": (
        "zachetka/programs/tests/test_versions.py::test_a_version_below_the_minimum_is_not_submitted",
        "zachetka/programs/tests/test_rules.py::test_hours_below_the_minimum_of_the_kind_stop_the_version",
        "zachetka/programs/tests/test_versions.py::test_the_least_volume_of_each_kind_is_submitted_t4",
    ),
    "T5": (
        f"{ORDERS}::test_nobody_is_enrolled_in_further_education_without_schooling",
        f"{ORDERS}::test_a_student_is_enrolled_and_gets_the_document_later",
    ),
    "T11": (
        f"{NUMBERS}::test_many_clerks_whose_acts_sometimes_fail_leave_neither_gaps_nor_repeats",
        f"{NUMBERS}::test_a_new_legal_year_starts_from_one_by_moscow_time",
        f"{ORDERS}::test_numbers_start_anew_with_the_legal_year_of_moscow",
    ),
    "T12": (
        f"{RESITS}::test_t12_a_third_resit_and_a_resit_after_the_year_are_refused_and_illness_moves_the_year",
        "tests/journeys/test_debt.py::test_from_a_debt_through_two_resits_and_a_commission_to_admission",
    ),
    "T15": (
        f"{CONSENTS}::test_a_withdrawal_is_settled_when_the_data_are_gone_or_their_other_ground_is_named",
        f"{ACTS}::test_values_and_salts_are_gone_everywhere_and_the_withdrawal_is_settled",
    ),
    "T18": (
        f"{ACTS}::test_whoever_composed_an_act_does_not_approve_it_by_any_account",
        f"{ACTS}::test_a_hold_refuses_the_act_in_the_action_and_in_the_database_until_an_order_lifts_it",
    ),
    "T17": (
        f"{ANOTHER}::test_t17_a_teacher_finds_nothing_of_a_learner_of_another_cohort",
        f"{ANOTHER}::test_t17_an_administrator_reads_neither_people_nor_marks",
        f"{REFUSED}::test_t17_each_refusal_of_a_teacher_leaves_one_event_with_identifiers_alone",
        f"{REFUSED}::test_t17_an_administrator_who_opens_a_sheet_leaves_an_event",
    ),
}
"""Case → `file::test` of each test that proves it, or the part of it that these pages reach."""

PARTLY: Final[dict[str, str]] = {
    "T4": "Программа ниже минимума не утверждается; документ по ней не выдать и подавно, когда придут документы.",
    "T5": "Отметка «выдача отложена» стоит; саму выдачу остановит комната документов.",
    "T11": "Аннулированный номер документа придёт с документами; пропусков и повторов нет уже во всех книгах.",
    "T17": "Ответ — 404, как о том, чего нет, а не 403: отказ не подтверждает, что запись есть (security.md, E1, E2).",
}
"""What a proved case leaves for later, or answers otherwise than the table of the domain says."""

LATER: Final[dict[str, str]] = {
    **dict.fromkeys(("T6", "T7", "T8"), "Сроки хранения и акты уничтожения придут с архивом."),
    **dict.fromkeys(("T9", "T10", "T16"), "Бланки, дубликаты и выгрузка в ФИС ФРДО придут с документами."),
    **dict.fromkeys(("T13", "T14"), "Протоколы итоговой аттестации придут с комиссиями."),
}
