"""People, their names in time, their papers, and what they are here: learners and employees."""

from zachetka.people.models.consent import Consent, Withdrawal
from zachetka.people.models.edition import MatrixDecision, MatrixEdition
from zachetka.people.models.education import EducationDocument
from zachetka.people.models.employee import Employee
from zachetka.people.models.learner import Learner
from zachetka.people.models.merge import Merge
from zachetka.people.models.person import Person, PersonName
from zachetka.people.models.posting import Posting
from zachetka.people.models.resemblance import Distinction, Resemblance, Unlooked
from zachetka.people.models.subject_request import SubjectRequest
from zachetka.people.models.upload import Upload

__all__ = [
    "Consent",
    "Distinction",
    "EducationDocument",
    "Employee",
    "Learner",
    "MatrixDecision",
    "MatrixEdition",
    "Merge",
    "Person",
    "PersonName",
    "Posting",
    "Resemblance",
    "SubjectRequest",
    "Unlooked",
    "Upload",
    "Withdrawal",
]
