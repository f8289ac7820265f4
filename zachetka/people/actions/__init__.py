"""Every write about people: one file a noun."""

from zachetka.people.actions.names import change_name, correct_name
from zachetka.people.actions.persons import (
    Particulars,
    Schooling,
    add_education,
    change_person,
    person_of,
    register_employee,
    register_learner,
    register_learners,
    reveal_field,
)
from zachetka.people.actions.roles import (
    approve_role,
    create_account,
    end_role,
    install_role,
    propose_role,
    refuse_role,
)
from zachetka.people.actions.units import create_unit
from zachetka.people.actions.uploads import cancel_upload, confirm_upload, correct_upload, import_list, upload_list

__all__ = [
    "Particulars", "Schooling", "add_education", "approve_role", "cancel_upload", "change_name", "change_person", "confirm_upload", "correct_name",
    "correct_upload", "create_account", "create_unit",
    "end_role", "import_list", "install_role", "person_of", "propose_role", "refuse_role", "register_employee", "register_learner",
    "register_learners", "reveal_field", "upload_list",
]  # fmt: skip
