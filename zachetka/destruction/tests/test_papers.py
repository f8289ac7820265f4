"""Papers of an act are fit for the archive, and what was handed out before an act proves what it proved (п. 2.5, 3.3; G8)."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import pikepdf
import pytest
from pytest_django.fixtures import Settings

from zachetka.core.clock import now
from zachetka.destruction.actions.acts import approve_act
from zachetka.destruction.paper import PAPERS, paper
from zachetka.destruction.tests.make import make_act, make_done, make_withdrawn
from zachetka.learning.models import Enrolment
from zachetka.learning.tests.make import NOON, make_enrolment, make_mark, make_order
from zachetka.learning.tests.test_record_book_export import bundle, verified
from zachetka.ledger.models import DestroyedSalt
from zachetka.ledger.sealer import seal
from zachetka.people.tests.make import make_learner
from zachetka.postgres.address import Place
from zachetka.rendering import gate
from zachetka.rendering.tests.read import seen, text

pytestmark = [pytest.mark.clause("152-ФЗ ст. 21")]


@pytest.mark.django_db
@pytest.mark.clause("2.5")
@pytest.mark.parametrize("kind", PAPERS)
def test_the_act_and_the_extract_pass_the_gate_of_record_books_and_one_that_claims_less_does_not(kind: str) -> None:
    case = make_withdrawn("photo")
    act = approve_act(make_act(case, carrier="флеш-накопитель, инв. № 14", sheets=12), actor=case.head, at=NOON)
    printed = paper(act, kind)
    gate.admit(printed.content)
    less = BytesIO()
    with pikepdf.open(BytesIO(printed.content)) as pdf:
        with pdf.open_metadata(set_pikepdf_as_editor=False) as claims:
            assert (claims["pdfaid:part"], claims["pdfaid:conformance"], claims["pdfuaid:part"]) == ("2", "A", "1")
            claims["pdfaid:conformance"] = "B"
        pdf.save(less)
    with pytest.raises(gate.NotFitForIssue, match="claims PDF/A"):
        gate.admit(less.getvalue())
    words = text(printed.content)
    for told in (case.person.full_name, str(act.number), "152-ФЗ ст. 21 ч. 5"):
        assert seen(told) in words, told
    assert "destruction." not in words, "a record is called by its noun"
    assert paper(act, kind).content == printed.content, "the same bytes whenever it is printed"


@pytest.mark.clause("3.3")
def test_a_bundle_handed_out_before_an_act_is_accepted_after_it_and_so_is_one_handed_out_then(
    fresh_database: Place, settings: Settings, tmp_path: Path
) -> None:
    settings.DATA_DIR, settings.KEYS_DIR, settings.FILES_DIR = tmp_path, tmp_path / "keys", tmp_path / "files"
    enrolment = make_mark(make_enrolment(learner=make_learner(email="zvyagina@example.ru"))).enrolment
    learner = enrolment.learner
    make_order(enrolment.cohort, [learner], kind="withdrawal", ground="own_wish", at=NOON, effective_on=NOON.date())
    seal(now())
    before = tmp_path / "before.json"
    before.write_bytes(bundle(Enrolment.objects.get(pk=enrolment.pk)))
    assert verified(before).returncode == 0, verified(before).stdout
    make_done(make_withdrawn(person=learner.person))
    seal(now())
    assert DestroyedSalt.objects.exists(), "salts of the holder's card are gone"
    said = verified(before)
    assert (said.returncode, "ПОДТВЕРЖДЕНО" in said.stdout) == (0, True), said.stdout
    after = tmp_path / "after.json"
    after.write_bytes(bundle(Enrolment.objects.get(pk=enrolment.pk)))
    assert verified(after).returncode == 0, verified(after).stdout
    spoilt = tmp_path / "spoilt.json"
    spoilt.write_bytes(before.read_bytes().replace(learner.person.last_name.encode(), "Другая".encode()))
    assert verified(spoilt).returncode == 1
