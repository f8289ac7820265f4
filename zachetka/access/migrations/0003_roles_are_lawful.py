import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

GUARDS = """
CREATE FUNCTION access_role_is_lawful() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    changing text[] := ARRAY['state', 'approved_by_id', 'approved_by_person', 'decided_at', 'valid_to'];
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'Роль не удаляется: её прекращают (п. 3.8).' USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP = 'INSERT' THEN
        IF NEW.approved_by_id IS NOT NULL OR NEW.approved_by_person IS NOT NULL THEN
            RAISE EXCEPTION 'Роль утверждают после того, как её предложили (п. 3.8).' USING ERRCODE = 'check_violation';
        END IF;
        IF NEW.state = 'proposed' AND NEW.proposed_by_person IS NOT NULL THEN
            RETURN NEW;
        END IF;
        IF NEW.state = 'active' AND NEW.proposed_by_person IS NULL AND (NEW.role = 'learner' OR NOT EXISTS (
            SELECT FROM ledger_event WHERE type = 'role.granted' AND actor_id IS NOT NULL
        )) THEN
            RETURN NEW;
        END IF;
        RAISE EXCEPTION 'Роль сначала предлагают; без предложения её дают только при установке (п. 3.8).'
            USING ERRCODE = 'check_violation';
    END IF;
    IF to_jsonb(NEW) - changing <> to_jsonb(OLD) - changing THEN
        RAISE EXCEPTION 'Роль остаётся такой, какой её назвал приказ (п. 3.8).' USING ERRCODE = 'check_violation';
    END IF;
    IF to_jsonb(NEW) = to_jsonb(OLD) THEN
        RETURN NEW;
    END IF;
    IF OLD.state = 'proposed' AND NEW.state IN ('active', 'refused')
        AND NEW.valid_to IS NOT DISTINCT FROM OLD.valid_to THEN
        IF NEW.approved_by_person = (SELECT person_uid FROM access_account WHERE id = NEW.account_id) THEN
            RAISE EXCEPTION 'О своей роли решает другой человек (п. 3.8).' USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF OLD.state = 'active' AND NEW.state = 'ended' AND (NEW.approved_by_id, NEW.approved_by_person, NEW.decided_at)
        IS NOT DISTINCT FROM (OLD.approved_by_id, OLD.approved_by_person, OLD.decided_at) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'Роль предлагают, утверждают или отклоняют, потом прекращают: назад дороги нет (п. 3.8).'
        USING ERRCODE = 'check_violation';
END $$;
CREATE TRIGGER role_is_lawful BEFORE INSERT OR UPDATE OR DELETE ON access_roleassignment
    FOR EACH ROW EXECUTE FUNCTION access_role_is_lawful();
ALTER TABLE access_roleassignment ENABLE ALWAYS TRIGGER role_is_lawful;

CREATE FUNCTION access_account_is_lawful() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'Учётная запись не удаляется: её закрывают (п. 3.8).' USING ERRCODE = 'restrict_violation';
    END IF;
    IF (NEW.id, NEW.login, NEW.person_uid) <> (OLD.id, OLD.login, OLD.person_uid) THEN
        RAISE EXCEPTION 'Учётная запись остаётся за своим человеком (п. 3.8).' USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.is_active AND NOT OLD.is_active THEN
        RAISE EXCEPTION 'Закрытая учётная запись не открывается: заводят новую (п. 3.8).' USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.initial_until IS NOT NULL AND NEW.initial_until IS DISTINCT FROM OLD.initial_until
        AND (NEW.initial_asked_by_person IS NULL OR NEW.initial_given_by_person IS NULL)
        AND EXISTS (SELECT FROM access_roleassignment WHERE account_id = NEW.id AND role <> 'learner'
                    AND state IN ('proposed', 'active')) THEN
        RAISE EXCEPTION 'Временный пароль записи с ролью запрашивает один человек, а выдаёт другой (п. 3.8).'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER account_is_lawful BEFORE UPDATE OR DELETE ON access_account
    FOR EACH ROW EXECUTE FUNCTION access_account_is_lawful();
ALTER TABLE access_account ENABLE ALWAYS TRIGGER account_is_lawful;
"""

UNGUARDED = """
DROP TRIGGER account_is_lawful ON access_account;
DROP FUNCTION access_account_is_lawful();
DROP TRIGGER role_is_lawful ON access_roleassignment;
DROP FUNCTION access_role_is_lawful();
"""

HAND = {
    "blank": True,
    "null": True,
    "on_delete": django.db.models.deletion.PROTECT,
    "related_name": "+",
    "to": settings.AUTH_USER_MODEL,
}


class Migration(migrations.Migration):
    dependencies = [("access", "0002_initial_password")]

    operations = [
        migrations.AddField("account", "initial_asked_by", models.ForeignKey(**HAND)),
        migrations.AddField("account", "initial_asked_by_person", models.UUIDField(blank=True, null=True)),
        migrations.AddField("account", "initial_asked_at", models.DateTimeField(blank=True, null=True)),
        migrations.AddField("account", "initial_given_by", models.ForeignKey(**HAND)),
        migrations.AddField("account", "initial_given_by_person", models.UUIDField(blank=True, null=True)),
        migrations.AddConstraint(
            "account",
            models.CheckConstraint(
                condition=models.Q(
                    ("initial_asked_by_person__isnull", True),
                    ("initial_given_by_person__isnull", True),
                    models.Q(("initial_asked_by_person", models.F("initial_given_by_person")), _negated=True),
                    _connector="OR",
                ),
                name="password_is_given_by_another_person",
            ),
        ),
        migrations.AddConstraint(
            "account",
            models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("initial_asked_by_person__isnull", True),
                        models.Q(("initial_asked_by_person", models.F("person_uid")), _negated=True),
                        _connector="OR",
                    ),
                    models.Q(
                        ("initial_given_by_person__isnull", True),
                        models.Q(("initial_given_by_person", models.F("person_uid")), _negated=True),
                        _connector="OR",
                    ),
                ),
                name="password_is_not_given_to_oneself",
            ),
        ),
        migrations.RunSQL(GUARDS, UNGUARDED),
    ]
