"""Cohorts, orders, enrolments, mark sheets and marks."""

from zachetka.learning.models.award import Award
from zachetka.learning.models.carried import Carried
from zachetka.learning.models.cohort import Cohort
from zachetka.learning.models.correction import Correction
from zachetka.learning.models.enrolment import Enrolment
from zachetka.learning.models.equivalence import Equivalence
from zachetka.learning.models.excuse import Excuse
from zachetka.learning.models.handover import Cancellation, HandOver
from zachetka.learning.models.mark import Mark
from zachetka.learning.models.mark_upload import MarkUpload
from zachetka.learning.models.order import Order, OrderLine
from zachetka.learning.models.reopening import Reopening
from zachetka.learning.models.resit import Commissioner, SheetMember
from zachetka.learning.models.sheet import MarkSheet
from zachetka.learning.models.study_plan import PlanLine, StudyPlan
from zachetka.learning.models.verification import VerificationToken

__all__ = [
    "Award",
    "Cancellation",
    "Carried",
    "Cohort",
    "Commissioner",
    "Correction",
    "Enrolment",
    "Equivalence",
    "Excuse",
    "HandOver",
    "Mark",
    "MarkSheet",
    "MarkUpload",
    "Order",
    "OrderLine",
    "PlanLine",
    "Reopening",
    "SheetMember",
    "StudyPlan",
    "VerificationToken",
]
