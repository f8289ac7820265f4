"""A bundle that a stranger accepts as it is and refuses with any one byte changed (п. 2.5, 3.3)."""

import ast
import json
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction

from zachetka.core.canonical import canonical
from zachetka.core.hashing import field_digests, sha256
from zachetka.ledger import verify_bundle
from zachetka.ledger.actions import record_event, record_statement
from zachetka.ledger.bundle import DoesNotAgree, Exhibit, Overtaken, build
from zachetka.ledger.events import STATED, WITNESSED, EventType
from zachetka.ledger.models import Opening
from zachetka.ledger.proofs import NotSealedYet
from zachetka.ledger.sealer import Sealer, seal
from zachetka.ledger.signing import Signer
from zachetka.ledger.tests.bundles import Made, changed, hand_out, refusal_of
from zachetka.ledger.tests.make import NOON, Mark, make_mark
from zachetka.ledger.verify_bundle import main

pytestmark = pytest.mark.clause("3.3")

SCRIPT = Path(verify_bundle.__file__)


@pytest.mark.clause("2.5")
def test_a_stranger_without_the_system_accepts_the_bundle_and_reads_what_was_proven(made, tmp_path):
    path = tmp_path / "bundle.json"
    path.write_bytes(made.file)
    answer = subprocess.run(
        [sys.executable, "-I", str(SCRIPT), str(path)], capture_output=True, text=True, check=False, cwd=tmp_path
    )
    assert (answer.returncode, answer.stderr) == (0, "")
    for words in (
        *(
            "ПОДТВЕРЖДЕНО",
            "Электронная зачётная книжка",
            "Академия",
            "Оценка: отлично",
            "Оценка: —",
            "Модуль: Дидактика",
        ),
        *("событий в нём: 23", "записей: 5", "01.03.2026", "Сверьте отпечаток"),
    ):
        assert words in answer.stdout
    damaged = path.with_name("damaged.json")
    damaged.write_bytes(made.file.replace("отлично".encode(), "отлична".encode(), 1))
    answer = subprocess.run(
        [sys.executable, "-I", str(SCRIPT), str(damaged)], capture_output=True, text=True, check=False, cwd=tmp_path
    )
    assert answer.returncode == 1
    assert answer.stdout.startswith("НЕ ПОДТВЕРЖДЕНО. ")


def test_the_checker_imports_nothing_but_the_standard_library_and_one_package():
    tree = ast.parse(SCRIPT.read_text())
    names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    names |= {str(node.module) for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert {name.split(".")[0] for name in names} - sys.stdlib_module_names == {"cryptography"}


def test_a_changed_value_is_refused_wherever_it_stands_and_the_refusal_says_where(made, tmp_path):
    mark = next(name for name in made.exhibit.records if name.startswith("trial.mark"))
    grade = next(name for name in made.exhibit.records if name.startswith("trial.grade"))
    line = ("document", "lines", 0, 1, "value")
    cases: list[tuple[bytes, str]] = [
        (changed(made, *line, to="хорошо"), "Документ: показано не то"),
        (changed(made, "document", "lines", 0, 1, "label", to="Балл"), "Документ"),
        (changed(made, "document", "note", to="Другой текст"), "Документ"),
        (changed(made, "document", "lines", to=made.document["lines"][:2]), "Документ"),
        (changed(made, "records", grade, "opened", "name", "value", to="хорошо"), f"Запись {grade}: показано не то"),
        (changed(made, "records", mark, "opened", "grade", "value", to=None), f"Запись {mark}"),
        (changed(made, "records", mark, "opened", "grade", "salt", to="00" * 32), f"Запись {mark}"),
        (changed(made, "records", mark, "opened", "grade", "extra", to=1), "устроен иначе"),
        (changed(made, "records", mark, "closed", "points", to="00" * 32), f"Запись {mark}: показано не то"),
        (changed(made, "records", mark, "closed", "points", to="87.50"), "записаны неверно"),
        (changed(made, "records", mark, "closed", "grade", to="00" * 32), "поля записаны неверно"),
        (changed(made, "records", mark, "closed", to={}), f"Запись {mark}: показано не то"),
        (changed(made, "records", mark, "entry", "at", to="2026-03-01T09:00:00.000001Z"), "события нет"),
        (changed(made, "records", mark, "entry", "body", to={"module": "x"}), "события нет"),
        (changed(made, "records", mark, "index", to=0), "события нет"),
        (changed(made, "records", mark, "path", to=[]), "события нет"),
        (changed(made, "records", mark, "extra", to=1), "устроен иначе"),
        (changed(made, "checkpoint", "tree_size", to=24), "Подпись"),
        (changed(made, "checkpoint", "root", to="00" * 32), "Подпись"),
        (changed(made, "checkpoint", "at", to="2027-03-01T09:00:00.000000Z"), "Подпись"),
        (changed(made, "checkpoint", "signature", to="00" * 64), "Подпись"),
        (changed(made, "checkpoint", "origin", to="zachetka/0"), "Имя журнала"),
        (changed(made, "keys", to=[]), "нет ключа"),
        (changed(made, "format", to="zachetka-bundle/1"), "другого вида"),
        (changed(made, "records", "trial.mark:999", to=json.loads(made.file)["records"][mark]), "о другой записи"),
    ]
    wrong = [(why, refusal_of(file, tmp_path)) for file, why in cases if why not in refusal_of(file, tmp_path)]
    assert not wrong


def sign_again(bundle: dict[str, Any], document: dict[str, Any], made: Made, *, at: Any = NOON) -> bytes:
    """Return a bundle in which the academy itself committed to `document`, with everything sealed and signed."""
    with transaction.atomic():
        event = record_statement(
            EventType.RECORD_BOOK_EXPORTED,
            next(iter(made.exhibit.records.values())),
            document,
            actor=None,
            at=at,
            clause="2.5",
        )
    seal(at)
    return build(event.pk, document, made.exhibit)


def test_even_a_signed_document_must_say_what_the_records_say(made, tmp_path):
    """Whoever broke into the web server can hand out documents; each line still has to follow from its record."""
    bundle = json.loads(made.file)
    first = made.document["lines"][0][1]
    other = next(name for name in made.exhibit.records if name.startswith("trial.mark") and name != first["record"])
    cases = [
        ({**first, "value": "хорошо"}, "показано «хорошо», в журнале «отлично»"),
        ({**first, "record": other}, "показано «отлично», в журнале «хорошо»"),
        ({**first, "record": "trial.mark:999"}, "нет записи"),
        ({**first, "field": "grade.rank"}, "нет такого открытого поля"),
        ({**first, "field": "module.name"}, "нет записи"),
        ({**first, "extra": 1}, "устроен иначе"),
        ({**first, "record": None, "field": "grade", "value": None}, "не сказано, откуда"),
        ({**first, "word": ["слово"]}, "не сказано, откуда"),
        ({"value": "отлично"}, "устроен иначе"),
    ]
    wrong = []
    for line, why in cases:
        document = {**made.document, "lines": [[made.document["lines"][0][0], line], *made.document["lines"][1:]]}
        if why not in (found := refusal_of(sign_again(bundle, document, made), tmp_path)):
            wrong.append((why, found))
    assert not wrong
    unshown = {**made.document, "lines": made.document["lines"][:1]}
    assert "есть запись, которой нет в документе" in refusal_of(sign_again(bundle, unshown, made), tmp_path)
    less = {**made.document, "holder": []}
    assert "открыто поле, которого нет в документе" in refusal_of(sign_again(bundle, less, made), tmp_path)


def test_a_bundle_after_a_change_of_key_is_accepted_under_either_key(made, tmp_path):
    first = Signer.kept(Sealer().keys).key_id
    second = Sealer().change_key(NOON + timedelta(days=1))
    file = sign_again({}, made.document, made, at=NOON + timedelta(days=2))
    path = tmp_path / "bundle.json"
    path.write_bytes(file)
    assert main([str(path), "--quiet", "--key", first]) == main([str(path), "--quiet", "--key", second]) == 0
    keys = json.loads(file)["keys"]
    keys[1]["endorsement"] = "00" * 64
    assert "не заверен" in refusal_of(canonical({**json.loads(file), "keys": keys}), tmp_path)


def test_a_bundle_is_not_made_before_the_seal_nor_from_changed_rows(made):
    event, document, exhibit = hand_out(*[each for each in made.exhibit.records.values() if isinstance(each, Mark)])
    with pytest.raises(NotSealedYet):
        build(event.pk, document, exhibit)
    seal(NOON)
    with pytest.raises(DoesNotAgree):
        build(event.pk, {**document, "title": "Другая"}, exhibit)
    mark = next(each for each in exhibit.records.values() if isinstance(each, Mark))
    mark.module = "Другой"
    with pytest.raises(DoesNotAgree, match=f"trial.mark:{mark.pk}"):
        build(event.pk, document, exhibit)


@pytest.mark.clause("2.1")
def test_a_lawful_change_between_the_statement_and_the_file_raises_no_alarm(made, tmp_path):
    event, document, exhibit = hand_out(*[each for each in made.exhibit.records.values() if isinstance(each, Mark)])
    mark = next(each for each in exhibit.records.values() if isinstance(each, Mark))
    correct(mark.pk, "Исправленный")
    seal(NOON)
    assert refusal_of(build(event.pk, document, exhibit), tmp_path) == ""
    Mark.objects.filter(pk=mark.pk).update(module="Другой")  # past the system: the file is of the moment it names
    assert refusal_of(build(event.pk, document, exhibit), tmp_path) == ""


@pytest.mark.clause("2.1")
def test_a_lawful_change_between_the_reading_and_the_statement_is_no_accusation_and_a_forgery_is(made):
    marks = [Mark.objects.get(pk=each.pk) for each in made.exhibit.records.values() if isinstance(each, Mark)]
    correct(marks[0].pk, "Исправленный")
    event, document, exhibit = hand_out(*marks)
    seal(NOON)
    with pytest.raises(Overtaken) as refusal:
        build(event.pk, document, exhibit)
    assert refusal.value.status == 409
    Mark.objects.filter(pk=marks[0].pk).update(module="Другой")
    with pytest.raises(DoesNotAgree, match=f"trial.mark:{marks[0].pk}"):
        build(event.pk, document, exhibit)


def correct(pk: int, module: str) -> None:
    """Change a mark as the system does: the row, then its event."""
    mark = Mark.objects.get(pk=pk)
    mark.module = module
    with transaction.atomic():
        mark.save()
        record_event(EventType.MARK_CORRECTED, mark, actor=None, at=NOON, clause="2.1")


def test_an_event_of_looking_or_handing_out_proves_no_record(made, tmp_path, monkeypatch):
    """Whoever broke into the web server can make such an event commit to anything; it is no change of the record."""
    monkeypatch.setattr("zachetka.ledger.agreement.NOT_THE_ROW", [])
    forged, other = [each for each in made.exhibit.records.values() if isinstance(each, Mark)][:2]
    forged.module, accepted = "Другой", []
    exhibit = Exhibit(kind="record_book", title="Зачётка", academy="Академия")
    document = exhibit.document(holder=[], lines=[exhibit.shows(forged, "module", label="Модуль")])
    for kind in (EventType.MARK_CORRECTED, *sorted(STATED | WITNESSED)):
        with monkeypatch.context() as broken, transaction.atomic():
            broken.setattr("zachetka.ledger.actions.STATED", frozenset())
            broken.setattr("zachetka.ledger.actions.WITNESSED", frozenset())
            record_event(kind, forged, actor=None, at=NOON, clause="2.5")
        with transaction.atomic():
            event = record_statement(EventType.RECORD_BOOK_EXPORTED, other, document, actor=None, at=NOON, clause="2.5")
        seal(NOON)
        why = refusal_of(build(event.pk, document, exhibit), tmp_path)
        assert why == "" or "о просмотре или выдаче" in why
        if not why:
            accepted.append(kind)
    assert accepted == [EventType.MARK_CORRECTED]


@pytest.mark.clause("3.8")
def test_a_field_that_no_line_shows_is_in_no_byte_of_the_file_and_trying_values_finds_nothing(ledger):
    mark, _event = make_mark(module="Педагогика", number=3, details={"тайна": "Снегирь"})
    event, document, exhibit = hand_out(mark)
    seal(NOON)
    file = build(event.pk, document, exhibit)
    record = json.loads(file)["records"][f"trial.mark:{mark.pk}"]
    assert record["opened"].keys() == {"module", "grade", "learner"}
    assert record["opened"].keys() | record["closed"].keys() == set(Mark.proven_fields)
    assert "Снегирь" not in file.decode()
    salts = [bytes.fromhex(field["salt"]) for field in record["opened"].values()]
    own = bytes(Opening.objects.get(event_id=record["entry"]["id"]).salt)
    tried = {sha256(salt, canonical(number)).hex() for salt in [*salts, b"", own] for number in range(100)}
    assert record["closed"]["number"] not in tried
    (drawn, digest) = field_digests(mark.proven(), own)["number"]
    assert digest == sha256(drawn, canonical(3))  # negative control: with its own salt the value is found
    assert record["closed"]["number"] == digest.hex()


def test_only_committed_fields_can_be_shown(made):
    mark = next(each for each in made.exhibit.records.values() if isinstance(each, Mark))
    exhibit = Exhibit(kind="record_book", title="", academy="")
    for field in ("note", "pk", "module.name"):
        with pytest.raises((TypeError, LookupError)):
            exhibit.shows(mark, field, label="")


def test_a_word_is_stated_with_the_document_and_another_one_is_refused(made, tmp_path):
    (mark, *_) = [each for each in made.exhibit.records.values() if isinstance(each, Mark)]
    exhibit = Exhibit(kind="record_book", title="Книжка", academy="Академия")
    document = exhibit.document(holder=[], lines=[exhibit.shows(mark, "module", label="Модуль", word="слово")])
    with transaction.atomic():
        event = record_statement(EventType.RECORD_BOOK_EXPORTED, mark, document, actor=None, at=NOON, clause="2.5")
    seal(NOON)
    told = Made(build(event.pk, document, exhibit), event, document, exhibit)
    assert refusal_of(told.file, tmp_path) == ""
    for other in ("другое", "", 5, None, ["слово"]):
        assert refusal_of(changed(told, "document", "lines", 0, "word", to=other), tmp_path)
    assert refusal_of(changed(told, "document", "lines", 0, "note", to="слово"), tmp_path)
