"""Consents are only added; a withdrawal waits, is settled once and never changes after (152-ФЗ ст. 9, 21)."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from zachetka.postgres.append_only import AppendOnly

WALKS = """
CREATE FUNCTION people_withdrawal_walks() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    settling text[] := ARRAY['state', 'settled_at', 'settled_by_id', 'removed', 'kept_because'];
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'Отзыв согласия не удаляется (152-ФЗ ст. 9).' USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'waiting' THEN
            RAISE EXCEPTION 'Отзыв сначала ждёт исполнения (152-ФЗ ст. 21 ч. 5).' USING ERRCODE = 'check_violation';
        END IF;
        IF NEW.withdrawn_on < (SELECT given_on FROM people_consent WHERE id = NEW.consent_id) THEN
            RAISE EXCEPTION 'Отзывают не раньше, чем дали (152-ФЗ ст. 9).' USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF OLD.state = 'settled' AND to_jsonb(NEW) <> to_jsonb(OLD)
       OR to_jsonb(NEW) - settling <> to_jsonb(OLD) - settling THEN
        RAISE EXCEPTION 'Что отозвали и что осталось, не меняется (152-ФЗ ст. 9).' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER withdrawal_walks BEFORE INSERT OR UPDATE OR DELETE ON people_withdrawal
    FOR EACH ROW EXECUTE FUNCTION people_withdrawal_walks();
ALTER TABLE people_withdrawal ENABLE ALWAYS TRIGGER withdrawal_walks;
"""

UNWALKS = """
DROP TRIGGER withdrawal_walks ON people_withdrawal;
DROP FUNCTION people_withdrawal_walks();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0008_names_are_corrected"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Consent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.UUIDField(editable=False, unique=True)),
                ("purpose", models.CharField(max_length=20, verbose_name="цель")),
                ("categories", models.JSONField(verbose_name="какие данные")),
                ("given_on", models.DateField(verbose_name="когда дано")),
                ("valid_until", models.DateField(blank=True, null=True, verbose_name="действует по")),
                ("withdrawal_way", models.CharField(max_length=200, verbose_name="как отозвать")),
                (
                    "signature",
                    models.CharField(
                        choices=[
                            ("paper", "на бумаге"),
                            ("simple", "простая электронная подпись"),
                            ("qualified", "квалифицированная электронная подпись"),
                        ],
                        max_length=9,
                        verbose_name="чем подписано",
                    ),
                ),
                ("document", models.CharField(max_length=200, verbose_name="документ")),
                ("recorded_at", models.DateTimeField()),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="consents", to="people.person"
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
                "ordering": ("-given_on", "-pk"),
            },
        ),
        migrations.CreateModel(
            name="Withdrawal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("withdrawn_on", models.DateField(verbose_name="когда отозвано")),
                ("document", models.CharField(max_length=200, verbose_name="документ")),
                ("due_on", models.DateField(verbose_name="исполнить до")),
                (
                    "state",
                    models.CharField(
                        choices=[("waiting", "ждёт исполнения"), ("settled", "исполнен")],
                        default="waiting",
                        max_length=7,
                    ),
                ),
                ("recorded_at", models.DateTimeField()),
                ("settled_at", models.DateTimeField(null=True, verbose_name="когда исполнен")),
                ("removed", models.JSONField(default=list, verbose_name="чего в карточке больше нет")),
                (
                    "kept_because",
                    models.CharField(blank=True, max_length=400, verbose_name="почему остальное остаётся"),
                ),
                (
                    "consent",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="withdrawal", to="people.consent"
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "settled_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ("due_on", "pk"),
            },
        ),
        migrations.AddConstraint(
            model_name="consent",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("valid_until__isnull", True), ("valid_until__gte", models.F("given_on")), _connector="OR"
                ),
                name="consent_has_a_term",
            ),
        ),
        migrations.AddConstraint(
            model_name="consent",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("document", ""), _negated=True), models.Q(("withdrawal_way", ""), _negated=True)
                ),
                name="consent_is_a_document",
            ),
        ),
        migrations.AddConstraint(
            model_name="withdrawal",
            constraint=models.CheckConstraint(
                condition=models.Q(("due_on__gt", models.F("withdrawn_on"))), name="withdrawal_has_a_term"
            ),
        ),
        migrations.AddConstraint(
            model_name="withdrawal",
            constraint=models.CheckConstraint(
                condition=models.Q(("document", ""), _negated=True), name="withdrawal_is_a_document"
            ),
        ),
        migrations.AddConstraint(
            model_name="withdrawal",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("settled_at__isnull", True), ("settled_by__isnull", True), ("state", "waiting")),
                    models.Q(("settled_at__isnull", False), ("settled_by__isnull", False), ("state", "settled")),
                    _connector="OR",
                ),
                name="withdrawal_settled_says_by_whom",
            ),
        ),
        AppendOnly("people_consent", writer="zachetka_app"),
        migrations.RunSQL(WALKS, UNWALKS),
    ]
