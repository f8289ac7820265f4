"""Emergency access: one learner, to read, for an hour at most, reviewed by another person (п. 3.8)."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

LAWFUL = """
CREATE FUNCTION access_emergency_is_lawful() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    review text[] := ARRAY['reviewed_by_id', 'reviewed_by_person', 'reviewed_at', 'verdict', 'conclusion'];
    opened_on date;
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'Экстренный доступ не удаляется (п. 3.8).' USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP = 'UPDATE' AND NEW.until < OLD.until AND NEW.until > OLD.opened_at
        AND to_jsonb(NEW) - 'until' = to_jsonb(OLD) - 'until' AND OLD.reviewed_at IS NULL THEN
        RETURN NEW;
    END IF;
    IF TG_OP = 'UPDATE' THEN
        IF to_jsonb(NEW) - review <> to_jsonb(OLD) - review OR OLD.reviewed_at IS NOT NULL THEN
            RAISE EXCEPTION 'Экстренный доступ остаётся, каким был открыт, и проверяют его один раз (п. 3.8).'
                USING ERRCODE = 'check_violation';
        END IF;
        IF NEW.reviewed_at < OLD.until
            OR NEW.reviewed_by_person <> (SELECT person_uid FROM access_account WHERE id = NEW.reviewed_by_id) THEN
            RAISE EXCEPTION 'Проверяют, когда срок кончился, и от своего имени (п. 3.8).' USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    END IF;
    opened_on := (NEW.opened_at AT TIME ZONE 'Europe/Moscow')::date;
    IF NEW.until <= NEW.opened_at OR NEW.until > NEW.opened_at + interval '60 minutes' THEN
        RAISE EXCEPTION 'Экстренный доступ открывают не больше чем на час (п. 3.8).' USING ERRCODE = 'check_violation';
    END IF;
    IF char_length(btrim(NEW.reason)) < 20 THEN
        RAISE EXCEPTION 'Причина экстренного доступа не короче 20 знаков (п. 3.8).' USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.account_person <> (SELECT person_uid FROM access_account WHERE id = NEW.account_id)
        OR NEW.account_person = NEW.person_uid THEN
        RAISE EXCEPTION 'Экстренный доступ открывают от своего имени к чужой записи (п. 3.8).'
            USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.reviewed_at IS NOT NULL THEN
        RAISE EXCEPTION 'Экстренный доступ сначала открывают, потом проверяют (п. 3.8).' USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.review_by < opened_on OR NEW.review_by > opened_on + 14 THEN
        RAISE EXCEPTION 'Экстренный доступ проверяют за три рабочих дня (п. 3.8).' USING ERRCODE = 'check_violation';
    END IF;
    IF EXISTS (
        SELECT FROM access_emergencyaccess
        WHERE account_person = NEW.account_person AND until > NEW.opened_at AND opened_at < NEW.until
    ) THEN
        RAISE EXCEPTION 'Экстренный доступ открыт к одному слушателю, пока не кончится срок (п. 3.8).'
            USING ERRCODE = 'check_violation';
    END IF;
    IF EXISTS (
        SELECT FROM access_emergencyaccess
        WHERE account_person = NEW.account_person AND reviewed_at IS NULL AND review_by < opened_on
    ) THEN
        RAISE EXCEPTION 'Прежний экстренный доступ не проверен в срок: новый не открывают (п. 3.8).'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER emergency_is_lawful BEFORE INSERT OR UPDATE OR DELETE ON access_emergencyaccess
    FOR EACH ROW EXECUTE FUNCTION access_emergency_is_lawful();
ALTER TABLE access_emergencyaccess ENABLE ALWAYS TRIGGER emergency_is_lawful;
"""

UNLAWFUL = """
DROP TRIGGER emergency_is_lawful ON access_emergencyaccess;
DROP FUNCTION access_emergency_is_lawful();
"""

HAND = {"on_delete": django.db.models.deletion.PROTECT, "to": settings.AUTH_USER_MODEL}


class Migration(migrations.Migration):
    dependencies = [("access", "0008_outside_identity")]

    operations = [
        migrations.CreateModel(
            name="EmergencyAccess",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("account", models.ForeignKey(related_name="emergencies", **HAND)),
                ("account_person", models.UUIDField()),
                ("person_uid", models.UUIDField()),
                ("reason", models.CharField(max_length=500, verbose_name="причина")),
                ("opened_at", models.DateTimeField()),
                ("until", models.DateTimeField()),
                ("review_by", models.DateField(verbose_name="проверить не позже")),
                ("reviewed_by", models.ForeignKey(null=True, related_name="+", **HAND)),
                ("reviewed_by_person", models.UUIDField(null=True)),
                ("reviewed_at", models.DateTimeField(null=True)),
                (
                    "verdict",
                    models.CharField(
                        blank=True,
                        choices=[("justified", "обоснован"), ("unjustified", "не обоснован")],
                        max_length=11,
                    ),
                ),
                ("conclusion", models.CharField(blank=True, max_length=500, verbose_name="заключение")),
            ],
            options={
                "ordering": ("-opened_at", "-pk"),
                "indexes": [models.Index(fields=["account", "until"], name="emergency_open")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("reviewed_at__isnull", True),
                                ("reviewed_by__isnull", True),
                                ("reviewed_by_person__isnull", True),
                                ("conclusion", ""),
                                ("verdict", ""),
                            ),
                            models.Q(
                                ("reviewed_at__isnull", False),
                                ("reviewed_by__isnull", False),
                                ("reviewed_by_person__isnull", False),
                                ("verdict__in", ["justified", "unjustified"]),
                                models.Q(("conclusion", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="emergency_is_reviewed_whole",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("reviewed_by_person__isnull", True),
                            models.Q(("reviewed_by_person", models.F("account_person")), _negated=True),
                            _connector="OR",
                        ),
                        name="emergency_is_reviewed_by_another_person",
                    ),
                ],
            },
        ),
        migrations.RunSQL(LAWFUL, UNLAWFUL),
    ]
