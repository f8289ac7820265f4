"""The class of every field of every record (п. 3.8): what may be shown to whom starts here.

Each field stands here by name: no model has a class for the fields that somebody adds to it later. A test holds the page equal
to the models, so a new field fails it until its class is decided.
"""

from __future__ import annotations

from typing import Final

from zachetka.access.policy import FieldClass


def _of(*, public: str = "", service: str = "", personal: str = "", documents: str = "") -> dict[str, FieldClass]:
    """Return field → class of one record, from the names of each class."""
    told = {
        FieldClass.PUBLIC: public,
        FieldClass.SERVICE: service,
        FieldClass.PERSONAL: personal,
        FieldClass.PERSONAL_DOCUMENTS: documents,
    }
    return {name: kind for kind, names in told.items() for name in names.split()}


CLASSES: Final[dict[str, dict[str, FieldClass]]] = {
    "access.account": _of(
        service="id last_login login person_uid display_name is_active created_at closed_at initial_until initial_asked_by initial_asked_by_person initial_asked_at initial_given_by initial_given_by_person",
        personal="email",
        documents="password",
    ),
    "access.emergencyaccess": _of(
        service="id account account_person person_uid reason opened_at until review_by reviewed_by reviewed_by_person reviewed_at verdict conclusion"
    ),
    "access.factorreset": _of(
        service="id account order_number order_date asked_by asked_by_person asked_at given_by given_by_person given_at"
    ),
    "access.outsideidentity": _of(service="id account issuer linked_at ended_at", personal="subject"),
    "access.recoverycode": _of(service="id account made_at used_at ended_at", documents="digest"),
    "access.roleassignment": _of(
        service="id account role unit order_number order_date valid_from valid_to substitutes state proposed_by proposed_by_person approved_by approved_by_person decided_at"
    ),
    "access.refusaltally": _of(service="id account hour count"),
    "access.secondfactor": _of(
        service="id account kind counter added_at last_used_at ended_at",
        personal="name",
        documents="secret credential_id credential",
    ),
    "access.session": _of(
        service="expire_date account shown_as started_at seen_at",
        personal="device",
        documents="session_key session_data",
    ),
    "access.signinthrottle": _of(service="key window_started_at failures"),
    "access.unit": _of(public="id name"),
    "destruction.act": _of(
        service="id key kind withdrawal reason law carrier sheets state composed_by composed_by_person composed_at decided_by decided_by_person decided_at refusal number extract_number",
        documents="content",
    ),
    "destruction.actline": _of(service="id act person what record_type record_id place"),
    "destruction.hold": _of(
        service="id key person state order_number order_date reason placed_by placed_at lift_order_number lift_order_date lift_reason lifted_by lifted_at"
    ),
    "files.destroyedfile": _of(service="id file act destroyed_at"),
    "files.storedfile": _of(service="id sha256 size name media_type stored_by stored_at"),
    "files.unswept": _of(service="file"),
    "jobs.job": _of(
        service="id kind title given state done total stop_asked outcome result kept_until removed_at url asked_by asked_at started_at ended_at"
    ),
    "jobs.jobpart": _of(service="id job name sha256 size"),
    "learning.award": _of(
        service="id enrolment kind wording awarded_on basis cancels reason recorded_by recorded_by_person recorded_at"
    ),
    "learning.carried": _of(service="id enrolment module source origin mark edition is_shared"),
    "learning.cohort": _of(service="id code program_version starts_on ends_on attestation_on created_at"),
    "learning.cancellation": _of(service="id sheet reason cancelled_by cancelled_by_person cancelled_at"),
    "learning.commissioner": _of(service="id sheet employee is_chair"),
    "learning.correction": _of(
        service="id mark grade score reason basis state refusal proposed_by proposed_by_person proposed_at decided_by decided_by_person decided_at result"
    ),
    "learning.enrolment": _of(
        service="id learner cohort number state started_on ended_on enrolment_order admission_order withdrawal_order continues study_plan issue_deferred",
        documents="education",
    ),
    "learning.equivalence": _of(
        service="id order learner module source origin is_shared written_by written_by_person written_at"
    ),
    "learning.excuse": _of(
        service="id enrolment",
        personal="kind first_day last_day basis cancels recorded_by recorded_by_person recorded_at",
    ),
    "learning.handover": _of(service="id sheet was teacher basis handed_by handed_by_person handed_at"),
    "learning.mark": _of(
        service="id sheet enrolment grade score held_on teacher supersedes reason basis reopening recorded_by recorded_by_person confirmed_by confirmed_by_person recorded_at"
    ),
    "learning.marksheet": _of(
        service="id cohort module attempt serial commission_basis teacher held_on due_on state closed_by closed_at"
    ),
    "learning.markupload": _of(
        documents="id key cohort sheet file sha256 state corrections uploaded_by uploaded_at ended_by ended_at marks new replaced same refused refused_file"
    ),
    "learning.order": _of(
        service="id kind cohort target state number order_date effective_on ground basis remark request_key drafted_by drafted_by_person drafted_at approved_by approved_by_person approved_at text text_hash"
    ),
    "learning.orderline": _of(service="id order learner"),
    "learning.planline": _of(service="id plan module way held_by basis"),
    "learning.reopening": _of(
        service="id sheet reason basis until state refusal asked_by asked_by_person asked_at decided_by decided_by_person decided_at ended_by ended_at"
    ),
    "learning.sheetmember": _of(service="id sheet enrolment named_by named_by_person named_at"),
    "learning.studyplan": _of(service="id order enrolment ends_on written_by written_by_person written_at"),
    "learning.verificationtoken": _of(service="id enrolment token made_at"),
    "ledger.checkpoint": _of(public="tree_size root at origin key signature"),
    "ledger.destroyedsalt": _of(service="event by"),
    "ledger.event": _of(service="id xid at type actor object_type object_id subject_uid clause body commitment"),
    "ledger.leaf": _of(public="index event hash"),
    "ledger.node": _of(public="level index hash"),
    "ledger.opening": _of(documents="event salt"),
    "ledger.signingkey": _of(public="id public_key valid_from previous endorsement"),
    "notices.choice": _of(service="id account kind shown mail"),
    "notices.digesthour": _of(service="account hour"),
    "notices.letter": _of(service="id account key identity count made_at tries next_try_at sent_at given_up_at"),
    "notices.notice": _of(service="id account kind title url key at read_at closed_at mail letter xid"),
    "people.consent": _of(
        service="id key person purpose categories given_on valid_until withdrawal_way signature document recorded_by recorded_at"
    ),
    "people.distinction": _of(service="id one other is_apart reasons reason decided_by decided_by_person decided_at"),
    "people.educationdocument": _of(
        service="id person level", documents="series number surname issued_on organisation recorded_at"
    ),
    "people.employee": _of(service="id person unit position hired_on left_on"),
    "people.learner": _of(service="id person registered_at"),
    "people.matrixdecision": _of(service="id edition verdict decided_by decided_by_person decided_at"),
    "people.matrixedition": _of(service="id number content sha256 proposed_by proposed_by_person proposed_at"),
    "people.merge": _of(
        service="id key survivor absorbed taken reason state merged_by merged_by_person merged_at undone_by undone_by_person undone_at undo_reason"
    ),
    "people.person": _of(
        service="id uid last_name first_name patronymic name_key sort_key search registered_at merged_into human_uid",
        personal="sex birth_date citizenship email phone",
        documents="snils",
    ),
    "people.personname": _of(
        service="id person last_name first_name patronymic valid_from supersedes recorded_at", documents="basis"
    ),
    "people.posting": _of(service="id employee kind unit position since order_number order_date recorded_at"),
    "people.resemblance": _of(service="id one other reasons points state found_at"),
    "people.subjectrequest": _of(
        service="id key person way asked_on due_on state recorded_by recorded_at prepared_at answered_on answered_by answer",
        documents="document file",
    ),
    "people.unlooked": _of(service="person"),
    "people.upload": _of(
        documents="id key file sha256 state corrections uploaded_by uploaded_at ended_by ended_at people new known refused refused_file"
    ),
    "people.withdrawal": _of(
        service="id consent withdrawn_on document due_on state recorded_by recorded_at settled_at settled_by removed kept_because"
    ),
    "programs.grade": _of(public="id version ordinal symbol label is_passing is_absence points score_from score_to"),
    "programs.gradingscale": _of(public="id code name"),
    "programs.commissionminimum": _of(public="id people valid_from valid_to basis"),
    "programs.hourshare": _of(public="id percent valid_from valid_to basis"),
    "programs.reopeningterm": _of(public="id days valid_from valid_to basis"),
    "programs.hourminimum": _of(public="id kind hours valid_from valid_to basis"),
    "programs.module": _of(public="id version ordinal title short_title sort hours control scale"),
    "programs.plannedresult": _of(public="id version code text modules"),
    "programs.program": _of(public="id unit code kind created_at"),
    "programs.programversion": _of(
        public="id program number title qualification hours study_form distance final_form state drafted_by drafted_by_person approved_by approved_by_person approved_at valid_from remark"
    ),
    "programs.resultmodule": _of(public="id plannedresult module"),
    "programs.scaleversion": _of(public="id scale valid_from valid_to basis"),
    "registers.entry": _of(service="id register number written record_type record_id entered_by entered_at"),
    "registers.register": _of(service="id code year title pattern last_number"),
}


def class_of(model: str, name: str) -> FieldClass:
    """Return the class of a field, as «people.person», «snils».

    Raises:
        KeyError: the model or the field is not on this page.
    """
    return CLASSES[model][name]
