"""Every case of groups A, B, C, E, G, J, N of the bad-input corpus (security.md c): what has to come of it, and where it is proved.

The verdicts are entered by hand: R refused with a 4xx and nothing written, OK taken as it is, N kept and inert wherever it is shown,
or a status. A case of which `TEXTS` has a value is put into the fields of its `fields` by `test_forms.py`, one at a time, in a form
that is otherwise right; `proof` names the files whose tests speak of the case by its number. What is out of reach says why.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

SIZES: Final = {"A": 26, "B": 24, "C": 16, "E": 26, "G": 28, "J": 18, "N": 16}
"""Groups that these pages reach → how many cases the corpus has in each."""

ANY: Final = r"."
NAME: Final = r"^(last_name|first_name|patronymic)$"
DAY: Final = r"(_on|_date|_from|_to)$|^since$"
HOURS: Final = r"^hours$"
SNILS: Final = r"^snils$"
LINE: Final = r"^(?!why$|reason$|remark$)"
"""Every field but those of several lines."""

RULES = "zachetka/people/tests/test_rules.py"
UPLOADS = "zachetka/people/tests/test_uploads.py"
CHECKING = "zachetka/people/intake/tests/test_checking.py"
CONTAINER = "zachetka/intake/tests/test_container.py"
WORKBOOK = "zachetka/intake/tests/test_workbook.py"
DELIMITED = "zachetka/intake/tests/test_delimited.py"
MARKS = "zachetka/learning/tests/test_rules_marks.py"
SHEET = "zachetka/learning/tests/test_marks.py"
PLANS = "zachetka/programs/tests/test_rules.py"
FORMS = "tests/corpus/test_forms.py"
SPREADSHEETS = "zachetka/rendering/tests/test_xlsx.py"
LISTS = "tests/corpus/test_lists.py"
CANARY = "tests/corpus/test_canary.py"
AUTHORITY = "tests/corpus/test_authority.py"
HTTP = "tests/corpus/test_http.py"
WIRE = "tests/corpus/test_wire.py"
BODIES = "tests/faults/test_bodies.py"
REPEATS = "tests/faults/test_repeats.py"
FOREIGN = "tests/corpus/test_foreign.py"
EMERGENCY = "tests/rights/test_emergency.py"
NO_PAPERS = "Бланков, протоколов и их журналов ещё нет: придут с документами о квалификации."
NO_ARCHIVE = "Уничтожения ещё нет: придёт с архивом."
NO_INN = "ИНН не собирается: отчётности, которой он нужен, ещё нет."


@dataclass(frozen=True, slots=True)
class Case:
    """One line of the corpus.

    Attributes:
        verdict: R, OK, N or a status, as the corpus says.
        proof: files of the tests that speak of it by its number.
        fields: names of the fields, as a pattern, in which its value of `TEXTS` has to be refused; "" for none.
        reason: why it is out of reach as yet, "" when it is not.
        awaits: the room with which it comes into reach, or «.field» of a record; there already, the reason is void.
    """

    verdict: str
    proof: tuple[str, ...] = ()
    fields: str = ""
    reason: str = ""
    awaits: str = ""


def _of(verdict: str, *proof: str, fields: str = "") -> Case:
    return Case(verdict, proof, fields)


def _later(verdict: str, awaits: str, reason: str) -> Case:
    return Case(verdict, reason=reason, awaits=awaits)


CASES: Final[dict[str, Case]] = {
    "A1": _of("OK", RULES), "A2": _of("OK", RULES), "A3": _of("OK", RULES), "A4": _of("OK", RULES), "A5": _of("OK", RULES),
    "A6": _of("OK", RULES), "A7": _of("OK", RULES), "A8": _of("OK", RULES), "A9": _of("OK", RULES),
    "A10": _of("R", RULES, fields=NAME), "A11": _of("R", RULES, fields=r"^first_name$"), "A12": _of("OK", RULES),
    "A13": _of("R", RULES, fields=NAME), "A14": _of("OK", RULES), "A15": _of("R", RULES, fields=ANY),
    "A16": _of("R", RULES, fields=ANY), "A17": _of("R", RULES, fields=ANY), "A18": _of("R", RULES, fields=ANY),
    "A19": _of("R", RULES, fields=ANY), "A20": _of("R", BODIES), "A21": _of("R", RULES, fields=NAME),
    "A22": _of("R", RULES, fields=ANY), "A23": _of("N", "zachetka/people/tests/test_upload_pages.py"),
    "A24": _of("N", "zachetka/people/tests/test_upload_pages.py"), "A25": _of("N", RULES),
    "A26": _of("R", RULES, fields=LINE),
    "B1": _of("R", "zachetka/people/tests/test_rules.py::test_a_wrong_snils_is_refused_with_what_to_do", fields=SNILS), "B2": _of("R", "zachetka/people/tests/test_rules.py::test_a_wrong_snils_is_refused_with_what_to_do", fields=SNILS), "B3": _of("OK", RULES),
    "B4": _of("OK", CHECKING), "B5": _of("409", CHECKING),
    "B6": _later("R", ".inn", NO_INN), "B7": _later("R", ".inn", NO_INN), "B8": _later("R", ".inn", NO_INN),
    "B9": _later("R", ".passport", "Паспортные данные не собираются."), "B10": _of("OK", RULES),
    "B11": _of("R", RULES, fields=r"^birth_date$"), "B12": _of("R", RULES, fields=r"^birth_date$"),
    "B13": _of("R", RULES, fields=DAY), "B14": _of("OK", RULES), "B15": _of("R", RULES, fields=DAY),
    "B16": _of("R", RULES), "B17": _of("R", RULES, fields=DAY), "B18": _of("R", RULES, fields=DAY),
    "B19": _of("R", "zachetka/learning/tests/test_orders.py::test_an_order_before_its_programme_was_approved_is_refused"), "B20": _later("R", "documents", NO_PAPERS), "B21": _later("R", "attestation", NO_PAPERS),
    "B22": _later("409", "documents", NO_PAPERS), "B23": _later("R", "documents", NO_PAPERS), "B24": _of("R", RULES, fields=DAY),
    "C1": _of("R", fields=HOURS), "C2": _of("R", fields=HOURS), "C3": _of("R", "zachetka/programs/tests/test_rules.py::test_hours_below_the_minimum_of_the_kind_stop_the_version"), "C4": _of("R", "zachetka/programs/tests/test_rules.py::test_hours_below_the_minimum_of_the_kind_stop_the_version"),
    "C5": _of("R", "zachetka/learning/tests/test_rules_marks.py::test_points_outside_the_scale_or_in_another_writing_are_refused", fields=HOURS), "C6": _of("R", "zachetka/learning/tests/test_rules_marks.py::test_points_outside_the_scale_or_in_another_writing_are_refused", fields=HOURS), "C7": _of("OK", "zachetka/learning/tests/test_rules_marks.py::test_points_are_converted_half_up_and_comma_is_dot"),
    "C8": _of("R", "zachetka/learning/tests/test_rules_marks.py::test_points_outside_the_scale_or_in_another_writing_are_refused", fields=HOURS), "C9": _of("R", "zachetka/learning/tests/test_rules_marks.py::test_points_outside_the_scale_or_in_another_writing_are_refused", fields=HOURS), "C10": _of("R", "zachetka/learning/tests/test_rules_marks.py::test_points_outside_the_scale_or_in_another_writing_are_refused"), "C11": _of("OK", "zachetka/learning/tests/test_rules_marks.py::test_points_are_converted_half_up_and_comma_is_dot"),
    "C12": _of("R", "zachetka/learning/tests/test_rules_marks.py::test_what_is_not_in_the_five_point_scale_is_refused_with_what_fits"), "C13": _of("409", "zachetka/learning/tests/test_marks.py::test_a_closed_sheet_takes_no_more_marks_and_is_closed_once"), "C14": _of("R", "zachetka/programs/tests/test_rules.py::test_hours_of_the_lines_add_up_to_the_volume"), "C15": _of("OK", "zachetka/learning/tests/test_rules_marks.py::test_points_are_converted_half_up_and_comma_is_dot"),
    "C16": _of("OK", "zachetka/programs/tests/test_pages.py::test_leading_zeros_are_a_number"),
    "E1": _of("404", AUTHORITY, FOREIGN), "E2": _of("404", AUTHORITY, FOREIGN), "E3": _of("OK", LISTS), "E4": _of("R", LISTS),
    "E5": _of("OK", LISTS, CANARY), "E6": _of("R", LISTS), "E7": _of("R", LISTS),
    "E8": _of("404", FOREIGN, "zachetka/learning/tests/test_record_book_access.py::test_a_stranger_of_any_role_gets_the_same_404_as_for_nothing"),
    "E9": _later("404", "archive", "Изображений и их уменьшенных копий ещё нет: придут с архивом сканов."),
    "E10": _of("OK", LISTS), "E11": _of("OK", "tests/corpus/test_counts.py"), "E12": _of("OK", FORMS, AUTHORITY),
    "E13": _of("404", FORMS, "zachetka/learning/tests/test_sheet_form.py::test_the_plain_form_ignores_strangers_and_survives_nonsense"), "E14": _of("404", FORMS, "zachetka/learning/tests/test_marks.py::test_a_batch_with_a_stranger_of_the_cohort_is_refused_whole_e15"), "E15": _of("404", SHEET, FORMS), "E16": _of("R", AUTHORITY, FOREIGN),
    "E17": _of("404", AUTHORITY, FOREIGN), "E18": _of("404", AUTHORITY), "E19": _of("R", "zachetka/learning/tests/test_order_hands.py::test_whoever_rewrote_a_draft_does_not_issue_it_and_neither_does_its_first_author"),
    "E20": _of("R", "zachetka/learning/tests/test_own_marks.py::test_a_teacher_who_learns_in_the_group_fills_every_cell_but_their_own"),
    "E21": _later("R", "archive", NO_ARCHIVE), "E22": _of("409", "zachetka/learning/tests/test_order_hands.py"),
    "E23": _of("R", "tests/corpus/test_second_hand.py"),
    "E24": _of("R", f"{EMERGENCY}::test_no_reason_no_access"), "E25": _of("R", f"{EMERGENCY}::test_it_closes_by_itself"),
    "E26": _of("404", AUTHORITY),
    "G1": _of("R", CONTAINER), "G2": _of("R", CONTAINER), "G3": _of("R", CONTAINER), "G4": _of("R", CONTAINER),
    "G5": _of("R", CONTAINER), "G6": _of("OK", CONTAINER, WORKBOOK), "G7": _of("R", CONTAINER), "G8": _of("R", CONTAINER),
    "G9": _of("OK", WORKBOOK, CHECKING), "G10": _of("R", WORKBOOK, CHECKING), "G11": _of("OK", WORKBOOK),
    "G12": _of("R", "zachetka/people/tests/test_rules.py::test_a_wrong_snils_is_refused_with_what_to_do"), "G13": _of("OK", WORKBOOK), "G14": _of("R", "zachetka/people/intake/tests/test_header.py"),
    "G15": _of("R", WORKBOOK, DELIMITED, CHECKING), "G16": _of("R", CHECKING), "G17": _of("OK", DELIMITED),
    "G18": _of("R", DELIMITED), "G19": _of("R", DELIMITED), "G20": _of("OK", DELIMITED),
    **{f"G{number}": _of("N", DELIMITED, f"{SPREADSHEETS}::test_text_that_looks_like_a_formula_stays_text_in_xlsx", f"{SPREADSHEETS}::test_csv_guards_what_a_spreadsheet_would_compute_and_reads_back_the_same") for number in range(21, 28)},
    "G28": _of("OK", DELIMITED),
    "J1": _of("405", HTTP), "J2": _of("405", HTTP), "J3": _of("R", BODIES), "J4": _of("400", WIRE), "J5": _of("431", WIRE),
    "J6": _of("400", WIRE), "J7": _of("404", HTTP, WIRE), "J8": _of("400", HTTP), "J9": _of("OK", HTTP), "J10": _of("OK", HTTP),
    "J11": _of("OK", WIRE), "J12": _of("415", HTTP, WIRE), "J13": _of("408", BODIES), "J14": _of("400", HTTP), "J15": _of("R", HTTP),
    "J16": _of("400", HTTP), "J17": _of("OK", WIRE), "J18": _of("OK", WIRE),
    "N1": _of("OK", f"{REPEATS}::test_an_order_approved_twenty_times_at_once_is_issued_once", f"{REPEATS}::test_a_mark_sent_twenty_times_at_once_is_one_mark"), "N2": _later("409", "documents", NO_PAPERS), "N3": _of("409", "tests/faults/test_repeats.py::test_an_order_approved_twenty_times_at_once_is_issued_once"),
    "N4": _of("409", "zachetka/learning/tests/test_order_hands.py::test_an_order_changed_after_it_was_read_is_not_issued"), "N5": _of("409", "zachetka/learning/tests/test_marks.py::test_a_mark_and_the_closing_at_once_never_leave_a_mark_after_the_closing"), "N6": _later("409", "documents", NO_PAPERS),
    "N7": _later("409", "archive", NO_ARCHIVE), "N8": _later("409", "archive", NO_ARCHIVE),
    "N9": _of("OK", "tests/faults/test_files.py::test_the_same_bytes_are_kept_once_and_read_back"), "N10": _of("R", "zachetka/web/tests/test_sign_in.py::test_a_role_that_ended_opens_nothing_at_the_next_request_d17"), "N11": _of("422", UPLOADS),
    "N12": _of("409", UPLOADS), "N13": _of("OK", "zachetka/jobs/tests/test_work.py"),
    "N14": _of("OK", "zachetka/ledger/tests/test_sealer.py::test_sealers_and_writers_at_once_make_one_tree_without_a_gap"), "N15": _of("409", UPLOADS), "N16": _of("409", UPLOADS, "zachetka/people/tests/test_overtaken.py::test_who_comes_second_loses_nothing_sees_the_difference_at_the_field_and_goes_on", "zachetka/programs/tests/test_overtaken.py::test_a_line_that_both_changed_keeps_mine_and_says_theirs_and_what_was", "zachetka/learning/tests/test_overtaken.py::test_an_order_that_two_people_correct_keeps_what_both_have_said", "zachetka/learning/tests/test_overtaken.py::test_a_plan_that_two_people_correct_says_at_each_line_what_the_other_has_written", "zachetka/learning/tests/test_overtaken.py::test_a_sheet_that_two_people_pass_on_says_who_teaches_now"),
}  # fmt: skip
