"""The page of rights agrees with the models it speaks of (п. 3.8)."""

import uuid

import pytest
from django.apps import apps

from zachetka.access.classes import CLASSES
from zachetka.access.guard import SCOPE_PATHS
from zachetka.access.policy import MATRIX, SEPARATED, STAFF, FieldClass, Permission, Role, Scope

pytestmark = pytest.mark.clause("3.8")

ROOMS = {config.label for config in apps.get_app_configs() if config.name.startswith("zachetka.")}
MODELS = [model for model in apps.get_models() if model._meta.app_label in ROOMS]


@pytest.mark.parametrize("label", sorted(SCOPE_PATHS))
def test_every_way_of_a_scope_leads_somewhere(label):
    model = apps.get_model(label)
    for scope, path in SCOPE_PATHS[label].items():
        value = 1 if scope is Scope.UNIT else uuid.uuid4()
        str(model._base_manager.filter(**{path: value}).query)


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label_lower)
def test_every_model_has_its_classes_of_fields(model):
    classes = CLASSES[model._meta.label_lower]
    names = {field.name for field in model._meta.get_fields()}
    assert set(classes.named) <= names


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


def test_every_role_has_a_page_of_its_own():
    assert MATRIX[Permission.HOME_READ].keys() == set(Role)
    assert set(Role) - STAFF == {Role.LEARNER}
