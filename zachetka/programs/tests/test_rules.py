"""What an approved programme must be (п. 1.3, 2.3; приказ Минобрнауки № 266, п. 18)."""

from __future__ import annotations

import pytest

from zachetka.programs.rules import DEVELOPMENT, RETRAINING, VOCATIONAL, Line, Outcome, Plan, flaws

BASIS = "п. 18 приказа Минобрнауки № 266"
FINAL = Line("Итоговая аттестация", 4, is_final=True)


def plan(kind: str = DEVELOPMENT, hours: int = 72, least: int = 16, **given: object) -> Plan:
    known: dict[str, object] = {
        "qualification": "специалист",
        "lines": [Line("Закупки", hours - 4), FINAL],
        "outcomes": [Outcome("Р1", frozenset({1}))],
    }
    return Plan(kind=kind, hours=hours, least=least, least_basis=BASIS, **(known | given))  # type: ignore[arg-type]


@pytest.mark.clause("2.3")
@pytest.mark.parametrize(
    ("kind", "hours", "least", "lawful"),
    [
        (DEVELOPMENT, 15, 16, False),
        (DEVELOPMENT, 16, 16, True),
        (RETRAINING, 249, 250, False),
        (RETRAINING, 250, 250, True),
    ],
)
def test_hours_below_the_minimum_of_the_kind_stop_the_version(
    kind: str, hours: int, least: int, *, lawful: bool
) -> None:
    stops = [flaw.sentence for flaw in flaws(plan(kind, hours, least)) if flaw.stops]
    assert stops == ([] if lawful else [f"Объём {hours} ч ниже минимума {least} ч для этого вида, {BASIS}."])


@pytest.mark.clause("2.3")
@pytest.mark.parametrize(("part", "said"), [(67, "не хватает 1 ч"), (69, "лишние 1 ч")])
def test_hours_of_the_lines_add_up_to_the_volume(part: int, said: str) -> None:
    (flaw,) = flaws(plan(lines=[Line("Закупки", part), FINAL]))
    assert flaw.stops
    assert said in flaw.sentence


@pytest.mark.clause("1.3")
def test_a_result_that_nothing_proves_stops_and_a_line_that_proves_nothing_is_named() -> None:
    found = flaws(plan(outcomes=[Outcome("Р1")]))
    assert [(flaw.stops, flaw.clause) for flaw in found] == [(True, "1.3"), (False, "1.3")]
    assert "Р1" in found[0].sentence
    assert "«Закупки»" in found[1].sentence


@pytest.mark.clause("273-ФЗ ст. 76 ч. 14")
def test_a_programme_of_further_education_ends_by_one_final_attestation_at_its_end() -> None:
    assert [f.clause for f in flaws(plan(lines=[Line("Закупки", 72)]))] == ["273-ФЗ ст. 76 ч. 14"]
    assert (
        "последняя"
        in flaws(plan(lines=[FINAL, Line("Закупки", 68)], outcomes=[Outcome("Р1", frozenset({2}))]))[0].sentence
    )
    assert "одна" in flaws(plan(lines=[Line("Закупки", 64), FINAL, FINAL]))[0].sentence


@pytest.mark.clause("273-ФЗ ст. 74")
def test_vocational_training_ends_by_a_qualification_exam() -> None:
    assert [f.clause for f in flaws(plan(VOCATIONAL))] == ["273-ФЗ ст. 74"]
    exam = Line("Квалификационный экзамен", 4, is_final=True, is_qualification_exam=True)
    assert flaws(plan(VOCATIONAL, lines=[Line("Монтаж", 68), exam])) == []


@pytest.mark.clause("273-ФЗ ст. 73")
@pytest.mark.clause("273-ФЗ ст. 76 ч. 5")
@pytest.mark.parametrize(("kind", "clause"), [(VOCATIONAL, "273-ФЗ ст. 73"), (RETRAINING, "273-ФЗ ст. 76 ч. 5")])
def test_a_programme_that_gives_a_qualification_is_asked_to_name_it(kind: str, clause: str) -> None:
    unnamed = [flaw for flaw in flaws(plan(kind, 300, qualification="")) if flaw.field == "qualification"]
    assert [(flaw.clause, flaw.stops) for flaw in unnamed] == [(clause, False)]
    assert not [flaw for flaw in flaws(plan(DEVELOPMENT, qualification="")) if flaw.field == "qualification"]


CREDIT = Line("Право", 20, is_graded=False)
SECOND = Line("Риски", 20, is_graded=False)
EXAM = Line("Закупки", 28)


@pytest.mark.clause("1.3")
@pytest.mark.parametrize(
    ("proved_by", "said"),
    [
        ({1}, "одним зачётом, «Право»"),
        ({1, 2}, "одними зачётами («Право», «Риски»)"),
        ({1, 3}, ""),
        ({3}, ""),
        ({1, 4}, ""),
        ({4}, ""),
    ],
)
def test_a_result_that_credits_alone_prove_is_worth_knowing_and_stops_nobody(proved_by: set[int], said: str) -> None:
    everything = Outcome("Р0", frozenset({1, 2, 3}))
    found = flaws(plan(lines=[CREDIT, SECOND, EXAM, FINAL], outcomes=[Outcome("Р1", frozenset(proved_by)), everything]))
    assert [flaw for flaw in found if flaw.stops] == []
    sentences = [flaw.sentence for flaw in found]
    assert len(sentences) == bool(said)
    assert all("Р1" in one and said in one for one in sentences)
