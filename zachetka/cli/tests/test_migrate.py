"""A database whose ledger has the form before the first release is not started on (п. 3.3)."""

from __future__ import annotations

import psycopg
import pytest

from zachetka.cli.migrate import FOUNDED, bring_up_to_date, refuse_if_of_another_form
from zachetka.ledger.models import Event
from zachetka.people.tests.make import make_learner
from zachetka.postgres.address import Place

pytestmark = pytest.mark.clause("3.3")


def test_a_ledger_of_the_form_before_the_first_release_is_refused_untouched(
    fresh_database: Place, capsys: pytest.CaptureFixture[str]
) -> None:
    row = "FROM django_migrations WHERE (app, name) = (%s, %s)"
    with psycopg.connect(fresh_database.administrator(), autocommit=True) as administrator:
        administrator.execute(f"DELETE {row}".encode(), FOUNDED)
        assert not Event.objects.exists()
        refuse_if_of_another_form(fresh_database)  # nothing is written yet: it can be brought up to date
        make_learner()
        events = Event.objects.count()
        with pytest.raises(SystemExit) as end:
            bring_up_to_date(fresh_database)
        assert administrator.execute(f"SELECT {row}".encode(), FOUNDED).fetchone() is None
        assert (end.value.code, Event.objects.count()) == (1, events)
        assert "базы пересоздаются" in capsys.readouterr().err
        administrator.execute("INSERT INTO django_migrations (app, name, applied) VALUES (%s, %s, now())", FOUNDED)
    refuse_if_of_another_form(fresh_database)  # of the present form
