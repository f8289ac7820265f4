"""Lists that two people, or one impatient person, bring at the same moment (п. 2.1)."""

from __future__ import annotations

from functools import partial
from uuid import uuid4

import pytest

from tests.at_once import at_once, meanwhile
from zachetka.access.tests.make import make_account
from zachetka.core.errors import RuleViolation, Stale
from zachetka.intake.tests.make import HEADER, make_xlsx
from zachetka.people.actions import confirm_upload, upload_list
from zachetka.people.intake.tests.make import make_person
from zachetka.people.models import Learner, Person, Upload
from zachetka.people.review import fingerprint, review
from zachetka.people.tests.test_uploads import AT, TODAY, confirm, make_upload


def confirm_seen(upload: Upload, seen: str) -> Upload:
    assert upload.uploaded_by is not None
    return confirm_upload(upload, seen=seen, actor=upload.uploaded_by, at=AT)


@pytest.mark.clause("2.1")
def test_one_file_under_two_keys_at_once_is_confirmed_once(fresh_database: None) -> None:
    content, one, other = (
        make_xlsx({"А": [HEADER, make_person(1)]}),
        make_account("methodist"),
        make_account("methodist"),
    )
    uploads = at_once(
        *(partial(upload_list, content, name="а.xlsx", key=uuid4(), actor=actor, at=AT) for actor in (one, one, other))
    )
    assert len({upload.pk for upload in uploads if isinstance(upload, Upload)}) == Upload.objects.count() == 2
    pair = list(Upload.objects.all())
    seen = fingerprint(review(pair[0], TODAY))
    answers = at_once(*(partial(confirm_seen, upload, seen) for upload in pair))
    (late,) = (answer for answer in answers if not isinstance(answer, Upload))
    assert isinstance(late, RuleViolation)
    assert late.sentence.startswith("Этот файл уже загружен 23.11.2026"), late.sentence
    assert Learner.objects.count() == 1


@pytest.mark.clause("2.1")
def test_a_person_changed_while_a_list_is_confirmed_is_not_overwritten(fresh_database: None) -> None:
    confirm(make_upload(make_person(1)))
    upload = make_upload([*make_person(1), "a@example.ru"], header=(*HEADER, "E-mail"))
    seen = fingerprint(review(upload, TODAY))

    def change_person() -> None:
        person = Person.objects.select_for_update().get()
        person.email = "b@example.ru"
        person.save(update_fields=["email"])

    assert isinstance(meanwhile(change_person, partial(confirm_seen, upload, seen)), Stale)
    assert Person.objects.get().email == "b@example.ru"
