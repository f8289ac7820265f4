"""Lists that two people, or one impatient person, bring at the same moment (п. 2.1)."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar
from uuid import uuid4

import pytest
from django.db import connection, transaction

from zachetka.access.tests.make import make_account
from zachetka.core.errors import IllegalStep, Refusal, Stale
from zachetka.people.actions import confirm_upload, upload_list
from zachetka.people.intake.tests.make import HEADER, make_person, make_xlsx
from zachetka.people.models import Learner, Person, Upload
from zachetka.people.review import fingerprint, review
from zachetka.people.tests.test_uploads import AT, TODAY, confirm, make_upload

T = TypeVar("T")


def at_once(*acts: Callable[[], T]) -> list[T | Refusal]:
    """Do all of `acts` at the same moment; return what each gave or how it was refused."""
    gate = threading.Barrier(len(acts))

    def one(act: Callable[[], T]) -> T | Refusal:
        gate.wait()
        try:
            return act()
        except Refusal as refusal:
            return refusal
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as threads:
        return list(threads.map(one, acts))


@pytest.mark.clause("2.1")
def test_one_file_under_two_keys_at_once_is_confirmed_once(fresh_database: None) -> None:
    content, one, other = (
        make_xlsx({"А": [HEADER, make_person(1)]}),
        make_account("methodist"),
        make_account("methodist"),
    )
    uploads = at_once(
        *(
            lambda actor=actor: upload_list(content, name="а.xlsx", key=uuid4(), actor=actor, at=AT)
            for actor in (one, one, other)
        )
    )
    assert len({upload.pk for upload in uploads if isinstance(upload, Upload)}) == Upload.objects.count() == 2
    pair = list(Upload.objects.all())
    seen = fingerprint(review(pair[0], TODAY))
    answers = at_once(
        *(lambda upload=upload: confirm_upload(upload, seen=seen, actor=upload.uploaded_by, at=AT) for upload in pair)
    )
    assert sum(isinstance(answer, IllegalStep) for answer in answers) == 1
    assert Learner.objects.count() == 1


@pytest.mark.clause("2.1")
def test_a_person_changed_while_a_list_is_confirmed_is_not_overwritten(fresh_database: None) -> None:
    confirm(make_upload(make_person(1)))
    upload = make_upload([*make_person(1), "a@example.ru"], header=(*HEADER, "E-mail"))
    seen = fingerprint(review(upload, TODAY))
    refused: list[Refusal] = []

    def confirm_it() -> None:
        assert upload.uploaded_by is not None
        try:
            confirm_upload(upload, seen=seen, actor=upload.uploaded_by, at=AT)
        except Refusal as refusal:
            refused.append(refusal)
        finally:
            connection.close()

    thread = threading.Thread(target=confirm_it)
    with transaction.atomic():
        person = Person.objects.select_for_update().get()
        person.email = "b@example.ru"
        person.save(update_fields=["email"])
        thread.start()
        thread.join(2)
        assert thread.is_alive(), "the confirmation waits for whoever has the person"
    thread.join()
    assert [type(one) for one in refused] == [Stale]
    assert Person.objects.get().email == "b@example.ru"
