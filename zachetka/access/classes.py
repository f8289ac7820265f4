"""The class of every field of every record (п. 3.8): what may be shown to whom starts here.

A model has one class for all its fields and a list of exceptions. A model that is not on this page fails a test.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from zachetka.access.policy import FieldClass

PUBLIC, SERVICE = FieldClass.PUBLIC, FieldClass.SERVICE
PERSONAL, DOCUMENTS = FieldClass.PERSONAL, FieldClass.PERSONAL_DOCUMENTS


@dataclass(frozen=True, slots=True)
class Classes:
    """The class of a model's fields.

    Attributes:
        ordinary: of every field that is not named below.
        named: fields of another class.
    """

    ordinary: FieldClass
    named: dict[str, FieldClass] = field(default_factory=dict)

    def of(self, name: str) -> FieldClass:
        """Return the class of the field `name`."""
        return self.named.get(name, self.ordinary)


CLASSES: Final[dict[str, Classes]] = {
    "access.account": Classes(SERVICE, {"email": PERSONAL, "password": DOCUMENTS}),
    "access.factorreset": Classes(SERVICE),
    "access.recoverycode": Classes(SERVICE, {"digest": DOCUMENTS}),
    "access.roleassignment": Classes(SERVICE),
    "access.secondfactor": Classes(
        SERVICE, {"secret": DOCUMENTS, "credential": DOCUMENTS, "credential_id": DOCUMENTS, "name": PERSONAL}
    ),
    "access.session": Classes(SERVICE, {"session_key": DOCUMENTS, "session_data": DOCUMENTS, "device": PERSONAL}),
    "access.signinthrottle": Classes(SERVICE),
    "access.unit": Classes(PUBLIC),
    "files.storedfile": Classes(SERVICE),
    "jobs.job": Classes(SERVICE),
    "jobs.jobpart": Classes(SERVICE),
    "learning.cohort": Classes(SERVICE),
    "learning.commissioner": Classes(SERVICE),
    "learning.correction": Classes(SERVICE),
    "learning.enrolment": Classes(SERVICE, {"education": DOCUMENTS}),
    "learning.excuse": Classes(PERSONAL, {"id": SERVICE, "enrolment": SERVICE}),
    "learning.mark": Classes(SERVICE),
    "learning.marksheet": Classes(SERVICE),
    "learning.markupload": Classes(DOCUMENTS),
    "learning.order": Classes(SERVICE),
    "learning.orderline": Classes(SERVICE),
    "learning.sheetmember": Classes(SERVICE),
    "learning.verificationtoken": Classes(SERVICE),
    "ledger.checkpoint": Classes(PUBLIC),
    "ledger.event": Classes(SERVICE),
    "ledger.leaf": Classes(PUBLIC),
    "ledger.node": Classes(PUBLIC),
    "ledger.opening": Classes(DOCUMENTS),
    "ledger.signingkey": Classes(PUBLIC),
    "people.educationdocument": Classes(DOCUMENTS, {"id": SERVICE, "level": SERVICE, "person": SERVICE}),
    "people.employee": Classes(SERVICE),
    "people.learner": Classes(SERVICE),
    "people.matrixdecision": Classes(SERVICE),
    "people.matrixedition": Classes(SERVICE),
    "people.person": Classes(
        SERVICE,
        {
            "sex": PERSONAL,
            "birth_date": PERSONAL,
            "citizenship": PERSONAL,
            "email": PERSONAL,
            "phone": PERSONAL,
            "snils": DOCUMENTS,
        },
    ),
    "people.personname": Classes(SERVICE, {"basis": DOCUMENTS}),
    "people.posting": Classes(SERVICE),
    "people.subjectrequest": Classes(SERVICE, {"document": DOCUMENTS, "file": DOCUMENTS}),
    "people.upload": Classes(DOCUMENTS),
    "programs.grade": Classes(PUBLIC),
    "programs.gradingscale": Classes(PUBLIC),
    "programs.hourminimum": Classes(PUBLIC),
    "programs.module": Classes(PUBLIC),
    "programs.plannedresult": Classes(PUBLIC),
    "programs.program": Classes(PUBLIC),
    "programs.programversion": Classes(PUBLIC),
    "programs.resultmodule": Classes(PUBLIC),
    "programs.scaleversion": Classes(PUBLIC),
    "registers.entry": Classes(SERVICE),
    "registers.register": Classes(SERVICE),
}


def class_of(model: str, name: str) -> FieldClass:
    """Return the class of a field, as «people.person», «snils».

    Raises:
        KeyError: the model is not on this page.
    """
    return CLASSES[model].of(name)
