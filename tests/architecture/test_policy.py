"""The page of rights agrees with the models it speaks of (п. 3.8)."""

import uuid

import pytest
from django.apps import apps
from django.db.models import Model

from zachetka.access.classes import CLASSES, class_of
from zachetka.access.guard import SCOPE_PATHS
from zachetka.access.policy import ANEW, MATRIX, SEPARATED, STAFF, UNASKED, FieldClass, Grant, Permission, Role, Scope

pytestmark = pytest.mark.clause("3.8")

DECIDING_VERBS = {"approve", "confirm", "decide", "appoint", "settle", "review", "restore", "admit"}
ROOMS = {config.label for config in apps.get_app_configs() if config.name.startswith("zachetka.")}
MODELS = [model for model in apps.get_models() if model._meta.app_label in ROOMS]


@pytest.mark.parametrize("label", sorted(SCOPE_PATHS))
def test_every_way_of_a_scope_leads_somewhere(label):
    model = apps.get_model(label)
    for scope, path in SCOPE_PATHS[label].items():
        value = 1 if scope is Scope.UNIT else uuid.uuid4()
        str(model._base_manager.filter(**{path: value}).query)


def unclassed(model: type[Model], classes: dict[str, FieldClass]) -> set[str]:
    """Return the fields that a model has and the page of classes has not, and the other way round."""
    return {field.name for field in model._meta.get_fields() if field.concrete} ^ classes.keys()


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label_lower)
def test_every_field_of_every_model_has_its_class(model):
    assert unclassed(model, CLASSES[model._meta.label_lower]) == set()


def test_a_field_without_a_class_would_be_noticed():
    """The negative control: one that somebody adds to a person, and one that somebody took away."""
    person, known = apps.get_model("people.person"), CLASSES["people.person"]
    assert unclassed(person, {name: kind for name, kind in known.items() if name != "phone"}) == {"phone"}
    assert unclassed(person, {**known, "passport": FieldClass.PERSONAL_DOCUMENTS}) == {"passport"}
    with pytest.raises(KeyError):
        class_of("people.person", "passport")


def test_the_page_of_classes_names_only_models_that_exist():
    assert set(CLASSES) == {model._meta.label_lower for model in MODELS}


def test_personal_documents_are_opened_to_few():
    opened = {
        role
        for grants in MATRIX.values()
        for role, grant in grants.items()
        if FieldClass.PERSONAL_DOCUMENTS in grant.fields
    }
    assert opened == {Role.LEARNER, Role.METHODIST, Role.REGISTRAR, Role.PRIVACY}


def test_administrators_see_no_personal_data():
    for grants in MATRIX.values():
        for role in (Role.ADMIN, Role.SECURITY):
            if role in grants:
                assert FieldClass.PERSONAL not in grants[role].fields


def test_who_proposes_a_role_never_approves_one():
    assert not MATRIX[Permission.ROLE_PROPOSE].keys() & MATRIX[Permission.ROLE_APPROVE].keys()
    assert frozenset({Role.ADMIN, Role.SECURITY}) in SEPARATED


def test_the_inspector_changes_nothing():
    writing = [
        permission
        for permission, grants in MATRIX.items()
        if Role.INSPECTOR in grants and permission.partition(":")[2] not in {"read", "check"}
    ]
    assert writing == []


def deciding(matrix: dict[Permission, dict[Role, Grant]]) -> set[Permission]:
    """Return what a chair may do beyond reading: until there are commissions, nothing (decision 0091)."""
    return {one for one, grants in matrix.items() if Role.CHAIR in grants and one.partition(":")[2] != "read"}


def test_a_chair_decides_nothing_about_what_the_same_person_teaches():
    assert deciding(MATRIX) == set()
    wider = {**MATRIX, Permission.CORRECTION_CONFIRM: {Role.CHAIR: Grant(Scope.UNIT, "проверка")}}
    assert deciding(wider) == {Permission.CORRECTION_CONFIRM}, "the negative control"


def test_every_role_has_a_page_of_its_own():
    assert MATRIX[Permission.HOME_READ].keys() == set(Role)
    assert set(Role) - STAFF == {Role.LEARNER}


def undecided(anew: set[Permission], unasked: set[Permission]) -> set[Permission]:
    """Return the permissions that are asked anew and are not, or of which nobody has said."""
    return set(Permission) - (anew ^ unasked)


def test_of_every_permission_it_is_said_why_it_is_asked_anew_or_is_not():
    assert undecided(set(ANEW), set(UNASKED)) == set()
    for reason in (*ANEW.values(), *UNASKED.values()):
        assert reason
        assert not reason.endswith(".")


def test_a_permission_of_which_nobody_said_whether_it_is_asked_anew_would_be_noticed():
    """The negative control: one forgotten, one said both ways."""
    assert undecided(set(ANEW) - {Permission.ORDER_APPROVE}, set(UNASKED)) == {Permission.ORDER_APPROVE}
    assert undecided(set(ANEW) | {Permission.SHEET_FILL}, set(UNASKED)) == {Permission.SHEET_FILL}


def test_what_changes_something_for_good_is_asked_anew_whatever_its_name():
    """Verbs of decisions: approve, confirm, appoint, settle. Looking and copying are no decisions."""
    decisions = {one for one in Permission if one.partition(":")[2] in DECIDING_VERBS}
    assert decisions <= set(ANEW)
    assert {one for one in ANEW if one.partition(":")[2] in {"read", "export", "check"}} == set()
