"""A mark changed past the system has no green shield on any page of the book (п. 2.1, 3.3)."""

from __future__ import annotations

import psycopg
import pytest
from django.test import Client

from zachetka.access.tests.make import make_account
from zachetka.core.clock import now
from zachetka.learning.models import Mark
from zachetka.learning.tests.make import make_mark
from zachetka.ledger.sealer import seal
from zachetka.postgres.address import Place


@pytest.mark.clause("3.3")
def test_a_forged_mark_is_told_in_its_line(fresh_database: Place, client: Client, settings, tmp_path):
    settings.DATA_DIR, settings.KEYS_DIR = tmp_path, tmp_path / "keys"
    mark = make_mark(text="3", closed=True)
    better = make_mark(text="5", closed=True)
    seal(now())
    client.force_login(make_account("head"))
    where = f"/record-books/{mark.enrolment_id}/"
    assert "не сходится с журналом" not in client.get(where).content.decode()  # the control
    with psycopg.connect(fresh_database.administrator(database=fresh_database.database), autocommit=True) as superuser:
        superuser.execute("ALTER TABLE learning_mark DISABLE TRIGGER ALL")
        superuser.execute("UPDATE learning_mark SET grade_id = %s WHERE id = %s", [better.grade_id, mark.pk])
    page = client.get(where).content.decode()
    assert "не сходится с журналом" in page
    assert Mark.objects.get(pk=mark.pk).grade_id == better.grade_id
