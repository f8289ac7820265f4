"""Files of marks: handed in, then entered once or put aside (п. 2.2)."""

import django.db.models.deletion
import django.db.models.expressions
from django.conf import settings
from django.db import migrations, models

UPLOADS = """
CREATE FUNCTION learning_mark_upload_walks() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'Файл оценок не удаляется (п. 2.2).' USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'uploaded' THEN
            RAISE EXCEPTION 'Файл оценок сначала загружают и проверяют (п. 2.2).' USING ERRCODE = 'check_violation';
        END IF;
        IF NEW.sheet_id IS NOT NULL
           AND NOT EXISTS (SELECT FROM learning_marksheet WHERE id = NEW.sheet_id AND cohort_id = NEW.cohort_id) THEN
            RAISE EXCEPTION 'Ведомость файла — другой группы (п. 2.2).' USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF OLD.state <> 'uploaded' AND to_jsonb(NEW) <> to_jsonb(OLD)
       OR (NEW.id, NEW.key, NEW.cohort_id, NEW.sha256, NEW.file_id, NEW.uploaded_at)
          <> (OLD.id, OLD.key, OLD.cohort_id, OLD.sha256, OLD.file_id, OLD.uploaded_at)
       OR NEW.uploaded_by_id IS DISTINCT FROM OLD.uploaded_by_id OR NEW.sheet_id IS DISTINCT FROM OLD.sheet_id THEN
        RAISE EXCEPTION 'Файл оценок, по которому решено, не меняется (п. 2.2).' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER mark_upload_walks BEFORE INSERT OR UPDATE OR DELETE ON learning_markupload
    FOR EACH ROW EXECUTE FUNCTION learning_mark_upload_walks();
ALTER TABLE learning_markupload ENABLE ALWAYS TRIGGER mark_upload_walks;
"""

UNUPLOADS = """
DROP TRIGGER mark_upload_walks ON learning_markupload;
DROP FUNCTION learning_mark_upload_walks();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("files", "0002_append_only"),
        ("learning", "0011_a_mark_supersedes_an_earlier_one"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="MarkUpload",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.UUIDField(editable=False, unique=True)),
                ("sha256", models.CharField(editable=False, max_length=64)),
                (
                    "state",
                    models.CharField(
                        choices=[("uploaded", "ждёт проверки"), ("confirmed", "внесён"), ("cancelled", "отменён")],
                        default="uploaded",
                        max_length=10,
                    ),
                ),
                ("corrections", models.JSONField(default=dict)),
                ("uploaded_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                ("marks", models.PositiveIntegerField(default=0)),
                ("new", models.PositiveIntegerField(default=0)),
                ("replaced", models.PositiveIntegerField(default=0)),
                ("same", models.PositiveIntegerField(default=0)),
                ("refused", models.PositiveIntegerField(default=0)),
                (
                    "cohort",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="learning.cohort"
                    ),
                ),
                (
                    "ended_by",
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
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="files.storedfile"
                    ),
                ),
                (
                    "refused_file",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="files.storedfile"
                    ),
                ),
                (
                    "sheet",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="learning.marksheet",
                    ),
                ),
                (
                    "uploaded_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ("-uploaded_at", "-pk"),
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "confirmed")),
                        fields=("sha256", "cohort", "sheet", "uploaded_by"),
                        name="mark_upload_of_one_file_is_confirmed_once",
                        nulls_distinct=False,
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("ended_at__isnull", True), ("state", "uploaded")),
                            models.Q(models.Q(("state", "uploaded"), _negated=True), ("ended_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="mark_upload_ended_has_a_moment",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "marks",
                                django.db.models.expressions.CombinedExpression(
                                    django.db.models.expressions.CombinedExpression(
                                        django.db.models.expressions.CombinedExpression(
                                            models.F("new"), "+", models.F("replaced")
                                        ),
                                        "+",
                                        models.F("same"),
                                    ),
                                    "+",
                                    models.F("refused"),
                                ),
                            )
                        ),
                        name="mark_upload_accounts_for_every_mark",
                    ),
                ],
            },
        ),
        migrations.RunSQL(UPLOADS, UNUPLOADS),
    ]
