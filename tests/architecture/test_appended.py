"""What the ledger knows of tables that only grow is what the migrations made (п. 2.1, 3.3)."""

from __future__ import annotations

import pytest

from zachetka.core.provable import object_type_of, provable_models
from zachetka.ledger.events import APPENDED
from zachetka.postgres.append_only import declared


@pytest.mark.clause("2.1")
def test_every_record_that_is_only_added_is_committed_to_once() -> None:
    tables = declared()
    ours = [
        model
        for model in provable_models()
        if model.__module__.startswith("zachetka.") and ".tests." not in model.__module__
    ]
    assert {object_type_of(model) for model in ours if model._meta.db_table in tables} == APPENDED
