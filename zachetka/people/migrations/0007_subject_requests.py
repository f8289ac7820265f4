"""Requests of data subjects: asked, prepared, answered, and never otherwise (152-ФЗ ст. 14, 20)."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


WALKS = """
CREATE FUNCTION people_subject_request_walks() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'Запрос субъекта данных не удаляется (152-ФЗ ст. 20).' USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'waiting' THEN
            RAISE EXCEPTION 'Запрос сначала ждёт ответа (152-ФЗ ст. 20).' USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF (NEW.id, NEW.key, NEW.person_id, NEW.way, NEW.document, NEW.asked_on, NEW.due_on, NEW.recorded_by_id, NEW.recorded_at)
       <> (OLD.id, OLD.key, OLD.person_id, OLD.way, OLD.document, OLD.asked_on, OLD.due_on, OLD.recorded_by_id, OLD.recorded_at)
       OR OLD.file_id IS NOT NULL AND (NEW.file_id, NEW.prepared_at) IS DISTINCT FROM (OLD.file_id, OLD.prepared_at)
       OR OLD.state = 'answered' AND to_jsonb(NEW) <> to_jsonb(OLD) THEN
        RAISE EXCEPTION 'Что спросили, когда и что ответили, не меняется (152-ФЗ ст. 20).' USING ERRCODE = 'check_violation';
    END IF;
    IF (OLD.state, NEW.state) NOT IN (('waiting', 'waiting'), ('waiting', 'prepared'), ('prepared', 'prepared'),
                                      ('prepared', 'answered'), ('answered', 'answered'))
       AND NOT ((OLD.state, NEW.state) = ('waiting', 'answered') AND NEW.way = 'system') THEN
        RAISE EXCEPTION 'На запрос отвечают, когда ответ готов (152-ФЗ ст. 20).' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER subject_request_walks BEFORE INSERT OR UPDATE OR DELETE ON people_subjectrequest
    FOR EACH ROW EXECUTE FUNCTION people_subject_request_walks();
ALTER TABLE people_subjectrequest ENABLE ALWAYS TRIGGER subject_request_walks;
"""

UNWALKS = """
DROP TRIGGER subject_request_walks ON people_subjectrequest;
DROP FUNCTION people_subject_request_walks();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("files", "0002_append_only"),
        ("people", "0006_matrix_editions"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="SubjectRequest",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.UUIDField(editable=False, unique=True)),
                (
                    "way",
                    models.CharField(
                        choices=[("system", "в системе"), ("paper", "письменно")],
                        max_length=6,
                        verbose_name="как обратился",
                    ),
                ),
                ("document", models.CharField(blank=True, max_length=200, verbose_name="документ")),
                ("asked_on", models.DateField(verbose_name="когда обратился")),
                ("due_on", models.DateField(verbose_name="ответить до")),
                (
                    "state",
                    models.CharField(
                        choices=[("waiting", "ждёт ответа"), ("prepared", "ответ готов"), ("answered", "отвечено")],
                        default="waiting",
                        max_length=8,
                    ),
                ),
                ("recorded_at", models.DateTimeField()),
                ("prepared_at", models.DateTimeField(null=True)),
                ("answered_on", models.DateField(null=True, verbose_name="отвечено")),
                ("answer", models.CharField(blank=True, max_length=200, verbose_name="как передан ответ")),
                (
                    "answered_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "file",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="files.storedfile"
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="requests", to="people.person"
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "ordering": ("-asked_on", "-pk"),
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "answered"), _negated=True),
                        fields=["due_on"],
                        name="subject_request_waiting",
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("document", ""), ("way", "system")),
                            models.Q(("way", "paper"), models.Q(("document", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="subject_request_on_paper_has_a_document",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("due_on__gt", models.F("asked_on"))), name="subject_request_has_a_term"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("file__isnull", True), ("prepared_at__isnull", True), ("state", "waiting")),
                            models.Q(
                                ("file__isnull", False),
                                ("prepared_at__isnull", False),
                                ("state__in", ["prepared", "answered"]),
                            ),
                            _connector="OR",
                        ),
                        name="subject_request_prepared_has_a_file",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("answered_by__isnull", False),
                                ("answered_on__isnull", False),
                                ("state", "answered"),
                                models.Q(("answer", ""), _negated=True),
                            ),
                            models.Q(
                                models.Q(("state", "answered"), _negated=True),
                                ("answer", ""),
                                ("answered_by__isnull", True),
                                ("answered_on__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="subject_request_answered_says_how",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("way", "system"), models.Q(("state", "answered"), _negated=True)),
                        fields=("person",),
                        name="subject_request_is_open_once",
                    ),
                ],
            },
        ),
        migrations.RunSQL(WALKS, UNWALKS),
    ]
