"""An act of destruction whose server is killed while it is carried out: all of it or nothing, and nothing twice (152-ФЗ ст. 21; R1)."""

from __future__ import annotations

import signal
from concurrent.futures import ThreadPoolExecutor
from typing import Final
from uuid import uuid4

import pytest

from tests.faults.test_repeats import TIMES, events, port_of, supervised_server
from tests.faults.visitor import Visitor
from zachetka.access.tests.make import make_account
from zachetka.destruction.models import Act
from zachetka.destruction.tests.make import EMAIL, NOON, make_act, make_withdrawn
from zachetka.files import store
from zachetka.files.actions import store_file, sweep_destroyed
from zachetka.files.models import DestroyedFile, StoredFile, Unswept
from zachetka.ledger.models import DestroyedSalt, Event, Opening
from zachetka.people.models import Person, Upload, Withdrawal
from zachetka.postgres.address import Place
from zachetka.registers.models import Entry

pytestmark = [pytest.mark.clause("152-ФЗ ст. 21"), pytest.mark.clause("3.9")]

WITHIN: Final = (
    "zachetka.destruction.actions.acts.enter",
    "zachetka.destruction.actions.acts.destroy_salts",
    "zachetka.destruction.actions.acts.destroy_file",
    "zachetka.destruction.actions.acts.fulfil_withdrawal",
    "zachetka.destruction.telling.act_approved",
)
"""Where the server is killed: before the number, at the first value, at a file, when all is gone, before the commit."""
AFTER: Final = "zachetka.files.actions.sweep_destroyed"
"""Where it is killed after the commit: before the first bytes are taken away."""


def make_listed(words: str) -> StoredFile:
    """Keep a list with the address, as one that was put aside; its words are nobody else's: the store is shared by tests."""
    table = f"Фамилия;Почта\nЗвягина;{EMAIL};{words}\n".encode()
    file = store_file([table], name="Список.csv", media_type="text/csv", actor=None, at=NOON)
    upload = Upload.objects.create(key=uuid4(), file=file, sha256=file.sha256, uploaded_at=NOON)
    Upload.objects.filter(pk=upload.pk).update(state="cancelled", ended_at=NOON)
    return file


def standing(person: Person, file: StoredFile) -> dict[str, object]:
    """Return everything that an act changes, as it stands."""
    person.refresh_from_db()
    return {
        "value": person.email,
        "salts": Opening.objects.filter(event__in=Event.objects.of(person)).count(),
        "destroyed salts": DestroyedSalt.objects.count(),
        "marks of files": DestroyedFile.objects.count(),
        "bytes": store.place(file.sha256).exists(),
        "numbers": Entry.objects.filter(record_type="destruction.act").count(),
        "act": Act.objects.get().state,
        "withdrawal": Withdrawal.objects.get().state,
        "events": Event.objects.exclude(type__startswith="account.").count(),
    }


def test_a_server_killed_while_an_act_is_carried_out_leaves_nothing_of_it_and_then_it_is_done_once(
    fresh_database: Place, collected_statics: None
) -> None:
    case, file = make_withdrawn(), make_listed(uuid4().hex)
    act, before = make_act(case), standing(case.person, file)
    with supervised_server(fresh_database) as (port, killed_by):
        head, address = Visitor.of(case.head, port), f"/destruction/{act.pk}/approve/"
        for where in WITHIN:
            with pytest.raises(OSError, match=r"closed|reset"):
                head.post(address, {}, **{"X-Die-At": where})
            assert killed_by() == signal.SIGKILL
            assert standing(case.person, file) == before, where
        with pytest.raises(OSError, match=r"closed|reset"):
            head.post(address, {}, **{"X-Die-At": AFTER})
        assert killed_by() == signal.SIGKILL
        done = standing(case.person, file)
        assert (done["value"], done["act"], done["withdrawal"], done["numbers"]) == ("", "approved", "settled", 2)
        assert (done["bytes"], Unswept.objects.count()) == (True, 1), "what is left is known"
        assert head.post(address, {})[0] == 409
        assert standing(case.person, file) == done, "and nothing is done twice"
    assert sweep_destroyed() == 1
    assert standing(case.person, file) == done | {"bytes": False}
    assert (sweep_destroyed(), Unswept.objects.count()) == (0, 0)


def test_an_act_that_two_approve_twenty_times_at_once_is_carried_out_once(live_site: str) -> None:
    case, file = make_withdrawn(), make_listed(uuid4().hex)
    act = make_act(case)
    heads = [Visitor.of(head, port_of(live_site)) for head in (case.head, make_account("head"))]
    with ThreadPoolExecutor(len(heads)) as both:
        came = both.map(lambda head: head.at_once(TIMES // 2, f"/destruction/{act.pk}/approve/", {}), heads)
        statuses = [status for answers in came for status in answers]
    assert (statuses.count(302), statuses.count(409)) == (1, TIMES - 1)
    kinds = ("destruction_act.approved", "record.destroyed", "file.destroyed", "withdrawal.fulfilled")
    assert [events(kind) for kind in kinds] == [1, 1, 1, 1]
    assert not store.place(file.sha256).exists()
