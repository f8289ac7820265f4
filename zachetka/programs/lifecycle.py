"""The table of steps of a programme's version. The diagram in docs is drawn from it."""

from __future__ import annotations

from zachetka.access.policy import Permission
from zachetka.ledger.events import EventType
from zachetka.lifecycle.steps import Step
from zachetka.programs.models import ProgramVersion

VERSION = ProgramVersion.State

SUBMIT_VERSION = Step(
    sources=(VERSION.DRAFT,),
    target=VERSION.SUBMITTED,
    permission=Permission.PROGRAM_EDIT,
    event=EventType.PROGRAM_VERSION_SUBMITTED,
    clause="2.3",
    refusal="На утверждение передают черновик; эта редакция уже передана или утверждена.",
)
RETURN_VERSION = Step(
    sources=(VERSION.SUBMITTED,),
    target=VERSION.DRAFT,
    permission=Permission.PROGRAM_APPROVE,
    event=EventType.PROGRAM_VERSION_RETURNED,
    clause="2.3",
    refusal="Вернуть можно редакцию, которая ждёт утверждения.",
)
APPROVE_VERSION = Step(
    sources=(VERSION.SUBMITTED,),
    target=VERSION.APPROVED,
    permission=Permission.PROGRAM_APPROVE,
    event=EventType.PROGRAM_VERSION_APPROVED,
    clause="2.3",
    refusal="Утвердить можно редакцию, которая ждёт утверждения; эта уже утверждена или возвращена.",
)
RETIRE_VERSION = Step(
    sources=(VERSION.APPROVED,),
    target=VERSION.RETIRED,
    permission=Permission.PROGRAM_APPROVE,
    event=EventType.PROGRAM_VERSION_RETIRED,
    clause="2.3",
    refusal="Вывести из действия можно утверждённую редакцию.",
)
WRITTEN_BY = (
    EventType.PROGRAM_VERSION_DRAFTED,
    EventType.PROGRAM_VERSION_CHANGED,
    EventType.PROGRAM_VERSION_SUBMITTED,
)
"""Whoever caused one of these does not approve the version (п. 3.8)."""
VERSION_STEPS = {
    "submit": SUBMIT_VERSION,
    "return": RETURN_VERSION,
    "approve": APPROVE_VERSION,
    "retire": RETIRE_VERSION,
}
