"""How a refusal about one person of an order counts the others who share the fault (273-ФЗ ст. 53, 59, 61)."""

from __future__ import annotations

from typing import Final

from zachetka.core.russian import Gender, Noun, counted

PEOPLE: Final = Noun("человек", "человека", "человек", Gender.MASCULINE)
OF_PEOPLE: Final = Noun("человека", "человек", "человек", Gender.MASCULINE)
"""After «у»: у 1 человека, у 4 человек, у 21 человека."""


def and_others(others: int, sentence: str, noun: Noun = OF_PEOPLE) -> str:
    """Return `sentence` with how many `others` there are in place of {}, led by a space; "" when there are none."""
    return f" {sentence.format(counted(others, noun))}" if others else ""
