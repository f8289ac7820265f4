"""`zachetka verify` tells what was lawfully destroyed from what was taken away, and the tree stands (п. 3.3; G8)."""

from __future__ import annotations

from pathlib import Path
from typing import Final, NamedTuple
from uuid import uuid4

import psycopg
import pytest
from allauth.account.models import EmailAddress
from django.db import IntegrityError, transaction
from pytest_django.fixtures import Settings

from zachetka.access.models import Account
from zachetka.access.tests.make import make_account
from zachetka.destruction.tests.make import EMAIL, NOON, make_act, make_done, make_withdrawn
from zachetka.files import store
from zachetka.files.actions import store_file
from zachetka.files.models import StoredFile
from zachetka.ledger.actions import record_event
from zachetka.ledger.events import EventType
from zachetka.ledger.models import Checkpoint, Event
from zachetka.ledger.sealer import seal
from zachetka.ledger.verification import verify
from zachetka.notices.actions import choose
from zachetka.people.actions import cancel_upload
from zachetka.people.actions.subject_requests import make_answer, register_request
from zachetka.people.models import Person, SubjectRequest, Upload
from zachetka.people.tests.make import make_person
from zachetka.postgres.address import Place
from zachetka.programs.actions.norms import record_minima

pytestmark = [pytest.mark.clause("3.3"), pytest.mark.clause("152-ФЗ ст. 21")]

FORGED_TABLES: Final = (
    "people_person", "people_subjectrequest", "access_account", "account_emailaddress", "files_destroyedfile",
    "ledger_opening", "ledger_destroyedsalt", "ledger_event",
)  # fmt: skip
FORGED: Final = (
    "INSERT INTO ledger_destroyedsalt SELECT {event}, max(id) FROM ledger_event; "
    "DELETE FROM ledger_opening WHERE event_id = {event}"
)
NAMED: Final = (
    "INSERT INTO ledger_event (id, xid, at, type, actor_id, object_type, object_id, clause, body) "
    "SELECT (SELECT max(id) + 1 FROM ledger_event), {moment}, 'record.destroyed', actor_id, 'people.person', '{whose}', "
    "clause, jsonb_build_object('act', {{act}}, 'fields', jsonb_build_array('{field}')) "
    "FROM ledger_event WHERE type = 'destruction_act.approved' AND object_id = '{{act}}'; "
)
"""An event that names a genuine act, approved earlier."""


@pytest.fixture
def kept(fresh_database: Place, settings: Settings, tmp_path: Path) -> Place:
    settings.DATA_DIR, settings.KEYS_DIR, settings.FILES_DIR = tmp_path, tmp_path / "keys", tmp_path / "files"
    return fresh_database


def forge(place: Place, *statements: str) -> None:
    """Do what no role of the system may: as superuser, without triggers."""
    with psycopg.connect(place.administrator()) as connection:
        for table in FORGED_TABLES:
            connection.execute(f"ALTER TABLE {table} DISABLE TRIGGER ALL")
        for statement in statements:
            connection.execute(statement)
        for table in FORGED_TABLES:
            connection.execute(f"ALTER TABLE {table} ENABLE TRIGGER ALL")


def sentences() -> list[str]:
    found = verify(models=[Person]).findings
    return [one.sentence for one in found if one.object_type != "access.account"]


def whole(told: Account) -> list[str]:
    """Return what the check of everything finds; builders of tests tell the ledger of no account and no role but of `told`."""
    untold = ("access.account", "access.roleassignment", "access.unit")
    return [
        one.sentence
        for one in verify().findings
        if one.object_type not in untold or (one.object_type, one.object_id) == ("access.account", str(told.pk))
    ]


def make_kept(table: bytes) -> Upload:
    """Make a list that was looked at and put aside, as its actions do."""
    methodist = make_account("methodist")
    with transaction.atomic():
        file = store_file([table], name="Список.csv", media_type="text/csv", actor=None, at=NOON)
        upload = Upload.objects.create(key=uuid4(), file=file, sha256=file.sha256, uploaded_at=NOON)
        record_event(EventType.IMPORT_UPLOADED, upload, actor=methodist, at=NOON, clause="2.1")
    return cancel_upload(upload, actor=methodist, at=NOON)


def test_a_lawful_destruction_leaves_the_tree_the_root_and_old_checkpoints_and_nothing_is_found(kept: Place) -> None:
    case = make_withdrawn()
    seal(NOON)
    root = Checkpoint.objects.latest("tree_size")
    assert sentences() == []
    make_done(case)
    seal(NOON)
    assert sentences() == []
    again = Checkpoint.objects.get(tree_size=root.tree_size)
    assert (bytes(again.root), bytes(again.signature)) == (bytes(root.root), bytes(root.signature))


@pytest.mark.parametrize(
    ("statement", "says"),
    [
        ("UPDATE people_person SET email = '' WHERE id = {person}", "изменена в обход системы"),
        ("DELETE FROM ledger_opening WHERE event_id = {event}", "исчезла из базы без акта"),
        (
            FORGED,
            "не по акту, который утвердил второй человек",
        ),
        (
            NAMED.format(moment="xid, at", whose="{person}", field="phone") + FORGED,
            "не по акту, который утвердил второй человек",
        ),
        (
            NAMED.format(moment="pg_current_xact_id(), at", whose="{old}", field="phone")
            + FORGED.replace("{event}", "{left}"),
            "не по акту, который утвердил второй человек",
        ),
    ],
    ids=[
        "a value",
        "a salt",
        "a salt with a row that no act stands behind",
        "a genuine old act of somebody else is named",
        "a genuine old act is used again",
    ],
)
def test_what_is_taken_away_without_an_act_is_found(kept: Place, statement: str, says: str) -> None:
    case, old = make_withdrawn(), make_withdrawn("calls", phone="+79001110000")
    make_act(case)
    done = make_done(old)
    seal(NOON)
    assert sentences() == []
    event = Event.objects.of(case.person).filter(commitment__isnull=False).latest("pk")
    left = Event.objects.of(old.person).filter(commitment__isnull=False).latest("pk")
    named = {"person": case.person.pk, "event": event.pk, "act": done.pk, "old": old.person.pk, "left": left.pk}
    forge(kept, *statement.format(**named).split("; "))
    assert any(says in one for one in sentences())


def test_a_destroyed_salt_that_lies_there_again_and_an_act_approved_by_one_hand_are_found(kept: Place) -> None:
    case = make_withdrawn()
    event = Event.objects.of(case.person).filter(commitment__isnull=False).latest("pk")
    act = make_done(case)
    seal(NOON)
    forge(kept, f"INSERT INTO ledger_opening VALUES ({event.pk}, decode(repeat('ab', 32), 'hex'))")  # noqa: S608
    assert any("снова лежит в базе" in one for one in sentences())
    forge(
        kept,
        f"UPDATE ledger_event SET actor_id = {act.composed_by_id} WHERE type = 'destruction_act.approved'",  # noqa: S608
    )
    assert any("второй человек не утверждал" in one for one in sentences())


class Around(NamedTuple):
    """Where the address of one person stands beside the card."""

    own: Account
    address: EmailAddress
    request: SubjectRequest

    @property
    def file(self) -> StoredFile:
        assert self.request.file is not None
        return self.request.file


def make_around(person: Person) -> Around:
    """Give a person an account with an address for letters and one of the means of sign-in, and an answer to a request."""
    record_minima(NOON)
    own, privacy = make_account("learner", person_uid=person.uid), make_account("privacy")
    with transaction.atomic():
        record_event(EventType.ACCOUNT_CREATED, own, actor=None, at=NOON, clause="3.8")
    choose({}, hour=9, email="own@example.ru", actor=own, at=NOON)
    address = EmailAddress.objects.create(user=own, email="sign-in@example.ru")
    request = register_request(person, key=uuid4(), asked_on=NOON.date(), document="вх. № 15", actor=privacy, at=NOON)
    return Around(own, address, make_answer(request, actor=privacy, at=NOON, tell=unheard))


def unheard(_done: int, _total: int) -> None:
    """Nobody watches."""


def test_whatever_an_act_destroys_is_lawful_to_the_whole_check_and_what_goes_or_comes_back_without_one_is_named(
    kept: Place,
) -> None:
    case = make_withdrawn()
    around = make_around(case.person)
    words = "Фамилия;Почта\nДругова;drugova@example.ru\n".encode()
    gone, other = make_kept(f"Фамилия;Почта\nЗвягина;{EMAIL}\n".encode()), make_kept(words)
    seal(NOON)
    assert whole(around.own) == []
    act = make_done(case)
    seal(NOON)
    kinds = {line.record_type for line in act.lines.all()}
    assert kinds == {"people.person", "access.account", "account.emailaddress", "files.storedfile"}
    assert not store.place(gone.file.sha256).exists()
    assert not store.place(around.file.sha256).exists()
    assert whole(around.own) == []

    store.remove(other.file.sha256)
    assert whole(around.own) == [f"Файл № {other.file_id} исчез из хранилища без акта об уничтожении."]
    store.put([words])
    store.place(other.file.sha256).write_bytes(b"cut")
    assert whole(around.own) == [f"Файл № {other.file_id} в хранилище не той длины, которой был принят."]
    store.put([words])
    assert whole(around.own) == []
    store.place(around.file.sha256).write_bytes(b"back from a copy")
    assert whole(around.own) == [f"Файл № {around.file.pk} уничтожен по акту, но снова лежит в хранилище."]
    store.remove(around.file.sha256)

    forge(kept, BACK.format(address=around.address.pk, own=around.own.pk))
    (lies,) = whole(around.own)
    assert "по акту, но снова лежит в базе" in lies


BACK: Final = (
    'INSERT INTO account_emailaddress (id, email, verified, "primary", user_id) '
    "VALUES ({address}, 'back@example.ru', true, true, {own})"
)
TOLD_OF_AN_ADDRESS: Final = (
    "INSERT INTO ledger_event (id, xid, at, type, actor_id, object_type, object_id, clause, body) "
    "SELECT (SELECT max(id) + 1 FROM ledger_event), xid, at, 'record.destroyed', actor_id, 'account.emailaddress', "
    "'{address}', clause, jsonb_build_object('act', {act}, 'fields', jsonb_build_array('email')) "
    "FROM ledger_event WHERE type = 'destruction_act.approved'; "
    "DELETE FROM account_emailaddress WHERE id = {address}"
)
FORGERIES: Final = {
    "an address for letters": (
        "UPDATE access_account SET email = '' WHERE id = {own}",
        "«учётная запись» № {own} изменена в обход системы",
    ),
    "a file of a list": (
        "INSERT INTO files_destroyedfile (file_id, act, destroyed_at) VALUES ({file}, 'АУ-26-0001', now())",
        "внесена в обход системы",
    ),
    "an answer to a request": (
        "UPDATE people_subjectrequest SET file_id = {file} WHERE id = {request}",
        "№ {request} изменена в обход системы",
    ),
    "an address of the means of sign-in": (
        TOLD_OF_AN_ADDRESS,
        "второй человек не утверждал",
    ),
}
"""What is taken away → the statements that do so past the system, and what the check says of it."""


@pytest.mark.parametrize("what", FORGERIES)
def test_beside_a_lawful_act_each_forgery_of_one_is_named(kept: Place, what: str) -> None:
    done = make_done(make_withdrawn("calls", phone="+79001110000"))
    around, listed = make_around(make_person(email="left@example.ru")), make_kept(b"a;b\n")
    seal(NOON)
    assert whole(around.own) == []
    named = {
        "own": around.own.pk, "file": listed.file_id, "request": around.request.pk, "address": around.address.pk, "act": done.pk,
    }  # fmt: skip
    statement, says = (words.format(**named) for words in FORGERIES[what])
    forge(kept, *statement.split("; "))
    assert any(says in one for one in whole(around.own)), whole(around.own)


def test_no_role_of_the_system_deletes_an_address_of_the_means_of_sign_in_without_an_act(kept: Place) -> None:
    around = make_around(make_person())
    with pytest.raises(IntegrityError, match="только по утверждённому акту"):
        around.address.delete()


def test_a_list_destroyed_by_an_act_is_no_theft_and_the_same_words_without_an_act_are(kept: Place) -> None:
    case = make_withdrawn()
    make_kept(f"Фамилия;Почта\nЗвягина;{EMAIL}\n".encode())
    make_done(case)
    seal(NOON)
    done = Event.objects.get(type="file.destroyed")
    assert sentences() == []
    forge(kept, f'UPDATE ledger_event SET body = body || \'{{"act": "0"}}\' WHERE id = {done.pk}')  # noqa: S608
    assert any("второй человек не утверждал" in one for one in sentences())
