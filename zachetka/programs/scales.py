"""The scales of the academy's local act, as an installation enters them (п. 2.3)."""

from __future__ import annotations

from datetime import date
from typing import Final

from zachetka.programs.scale_rules import ABSENT, Value

FIVE_POINT = (
    Value("5", "отлично", passes=True, points=5),
    Value("4", "хорошо", passes=True, points=4),
    Value("3", "удовлетворительно", passes=True, points=3),
    Value("2", "неудовлетворительно", passes=False, points=2),
    ABSENT,
)
PASS_FAIL = (Value("зач", "зачтено", passes=True), Value("нз", "не зачтено", passes=False), ABSENT)
HUNDRED_POINT = (
    Value("5", "отлично", passes=True, points=5, scores=(85, 100)),
    Value("4", "хорошо", passes=True, points=4, scores=(70, 84)),
    Value("3", "удовлетворительно", passes=True, points=3, scores=(50, 69)),
    Value("2", "неудовлетворительно", passes=False, points=2, scores=(0, 49)),
    ABSENT,
)
ACT: Final = "Положение о формах и системах оценивания, приказ от 09.01.2023 № 3-од"
STARTS: Final = date(2023, 1, 9)
SCALES: Final = (
    ("five_point", "пятибалльная", FIVE_POINT),
    ("pass_fail", "зачтено — не зачтено", PASS_FAIL),
    ("hundred_point", "стобалльная с переводом в пятибалльную", HUNDRED_POINT),
)
