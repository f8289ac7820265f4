"""A sheet whose table is held by somebody else: said in words, and the next key is written (п. 2.2)."""

from __future__ import annotations

import json

import psycopg
import pytest
from django.db import connection
from django.test import Client

from zachetka.learning.tests.make import enrolments_of, make_sheet, teacher_of
from zachetka.postgres.address import Place


@pytest.mark.clause("2.2")
@pytest.mark.parametrize(
    ("limit", "status", "words"),
    [("lock_timeout", 409, "меняет другой человек"), ("statement_timeout", 503, "Код ответа 503")],
)
def test_a_table_that_somebody_holds_is_said_to_be_busy_and_the_next_key_is_written(
    client: Client, fresh_database: Place, limit: str, status: int, words: str
) -> None:
    sheet = make_sheet(learners=1)
    (row,) = enrolments_of(sheet)
    typed = json.dumps({"cells": [{"enrolment": row.pk, "text": "5", "seen": None}]})
    address = f"/sheets/{sheet.pk}/marks/"
    client.force_login(teacher_of(sheet))
    with psycopg.connect(fresh_database.administrator()) as holder, connection.cursor() as cursor:
        cursor.execute(f"SET {limit} = '150ms'")
        holder.execute("LOCK TABLE learning_mark IN ACCESS EXCLUSIVE MODE")
        answer = client.post(address, typed, content_type="application/json")
        holder.rollback()
    assert answer.status_code == status
    assert words in answer.content.decode()
    assert client.post(address, typed, content_type="application/json").json()["outcomes"][0]["text"] == "5"
