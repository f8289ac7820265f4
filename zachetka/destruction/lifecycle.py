"""The steps of an act of destruction and of a hold (152-ФЗ ст. 21; T18)."""

from __future__ import annotations

from typing import Final

from zachetka.access.policy import Permission
from zachetka.destruction.models import Act, Hold
from zachetka.ledger.events import EventType
from zachetka.lifecycle.steps import Step

_DECIDED: Final = "По этому акту уже решено: в нём сказано, кем, когда и что уничтожено."

APPROVE_ACT: Final = Step(
    sources=(Act.State.COMPOSED,), target=Act.State.APPROVED,
    permission=Permission.DESTRUCTION_APPROVE, event=EventType.DESTRUCTION_ACT_APPROVED, clause="152-ФЗ ст. 21",
    refusal=_DECIDED,
)  # fmt: skip
RETURN_ACT: Final = Step(
    sources=(Act.State.COMPOSED,), target=Act.State.RETURNED,
    permission=Permission.DESTRUCTION_APPROVE, event=EventType.DESTRUCTION_ACT_RETURNED, clause="152-ФЗ ст. 21",
    refusal=_DECIDED,
)  # fmt: skip
ACT_STEPS: Final = {"approve": APPROVE_ACT, "return": RETURN_ACT}

LIFT_HOLD: Final = Step(
    sources=(Hold.State.PLACED,), target=Hold.State.LIFTED,
    permission=Permission.HOLD_LIFT, event=EventType.HOLD_LIFTED, clause="152-ФЗ ст. 21",
    refusal="Этот запрет уже снят: в нём сказано, кем, когда и по какому приказу.",
)  # fmt: skip
HOLD_STEPS: Final = {"lift": LIFT_HOLD}
