"""A learner asks what is kept about them: two clicks, a file made in the background, opened (152-ФЗ ст. 14)."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.db import connections
from playwright.sync_api import Page, expect

from tests.journeys.people import PASSWORD, sign_in
from tests.journeys.test_spine import sealer_at_work
from zachetka.access.tests.make import make_account
from zachetka.core.clock import now
from zachetka.jobs import work
from zachetka.jobs.tests.test_work import work_off
from zachetka.learning.tests.make import make_enrolment, make_mark
from zachetka.ledger import verify_bundle
from zachetka.ledger.sealer import seal
from zachetka.people.actions import looks, reveal_field
from zachetka.people.models import SubjectRequest
from zachetka.people.tests.make import make_learner


@pytest.fixture
def _tidy_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    """The thread in which a job runs closes its connection when the job ends."""
    end = work._end

    def end_thread(*given: Any) -> None:
        end(*given)
        connections.close_all()

    monkeypatch.setattr(work, "_end", end_thread)


@pytest.mark.usefixtures("_tidy_worker")
@pytest.mark.timeout(240)
@pytest.mark.clause("152-ФЗ ст. 14")
def test_a_learner_takes_away_everything_that_is_kept_about_them(page: Page, tmp_path: Path) -> None:
    learner = make_learner(last_name="Звягина", email="zvyagina@example.ru", phone="+79001230099")
    person = learner.person
    make_mark(make_enrolment(learner=learner))
    make_account("learner", login="zvyagina", password=PASSWORD, person_uid=person.uid, name=person.full_name)
    methodist = make_account("methodist", name="Котова Мария Львовна")
    looks.read_card(person, actor=methodist, at=now())
    reveal_field(person, "phone", actor=methodist, at=now())
    seal(now())

    sign_in(page, "zvyagina")
    page.get_by_role("navigation").get_by_role("link", name="Что обо мне хранится").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Что обо мне хранится")
    seen = page.get_by_role("region", name="Кто смотрел")
    expect(seen).to_contain_text("Котова Мария Львовна, методист")
    expect(seen).to_contain_text("раскрыты персональные данные: телефон")
    expect(seen).to_contain_text("ДИ методиста, п. 2.1")
    expect(page.locator("main")).not_to_contain_text("+79001230099")
    page.get_by_role("button", name="Получить всё одним файлом").click()
    expect(page.get_by_role("heading", name="Всё, что хранится обо мне")).to_be_visible()
    with sealer_at_work():
        work_off()
    with page.expect_download() as download:
        page.get_by_role("link", name="Открыть результат").click()
    download.value.save_as(tmp_path / "answer.zip")

    with zipfile.ZipFile(tmp_path / "answer.zip") as archive:
        archive.extractall(tmp_path / "answer")
    folder = tmp_path / "answer"
    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    for one in manifest["files"]:
        content = (folder / one["name"]).read_bytes()
        assert (len(content), hashlib.sha256(content).hexdigest()) == (one["bytes"], one["sha256"])
    assert "+79001230099" in (folder / "data.json").read_text("utf-8")
    (proof,) = (folder / "Зачётные книжки").glob("*.json")
    verifier = [sys.executable, "-I", str(Path(verify_bundle.__file__)), str(proof)]
    assert subprocess.run(verifier, check=False, capture_output=True).returncode == 0
    assert SubjectRequest.objects.get(person=person).state == SubjectRequest.State.ANSWERED

    page.goto("/kept/")
    expect(page.get_by_role("region", name="Запросы")).to_contain_text("отвечено")
    expect(page.get_by_role("link", name="Скачать ответ")).to_be_visible()
