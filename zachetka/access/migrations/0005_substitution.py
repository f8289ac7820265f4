"""An employee has the role of another who is away, by an order and for a term (п. 3.8)."""

import django.db.models.deletion
from django.db import migrations, models

SUBSTITUTED = """
CREATE OR REPLACE FUNCTION access_role_is_lawful() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    away access_roleassignment;
    changing text[] := ARRAY['state', 'approved_by_id', 'approved_by_person', 'decided_at', 'valid_to'];
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'Роль не удаляется: её прекращают (п. 3.8).' USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP = 'INSERT' THEN
        IF NEW.approved_by_id IS NOT NULL OR NEW.approved_by_person IS NOT NULL THEN
            RAISE EXCEPTION 'Роль утверждают после того, как её предложили (п. 3.8).' USING ERRCODE = 'check_violation';
        END IF;
        IF NEW.substitutes_id IS NOT NULL THEN
            SELECT * INTO away FROM access_roleassignment WHERE id = NEW.substitutes_id;
            IF away.state <> 'active' OR away.substitutes_id IS NOT NULL OR away.role = 'learner'
                OR away.role <> NEW.role OR away.unit_id IS DISTINCT FROM NEW.unit_id THEN
                RAISE EXCEPTION 'Замещают действующую роль по приказу, ту же и там же (п. 3.8).'
                    USING ERRCODE = 'check_violation';
            END IF;
            IF (SELECT person_uid FROM access_account WHERE id = away.account_id)
                = (SELECT person_uid FROM access_account WHERE id = NEW.account_id) THEN
                RAISE EXCEPTION 'Человек сам себя не замещает (п. 3.8).' USING ERRCODE = 'check_violation';
            END IF;
            IF NEW.valid_to IS NULL OR NEW.valid_to > NEW.valid_from + interval '1 year' THEN
                RAISE EXCEPTION 'Замещение кончается не позже чем через год (п. 3.8).' USING ERRCODE = 'check_violation';
            END IF;
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
"""

BEFORE = """
CREATE OR REPLACE FUNCTION access_role_is_lawful() RETURNS trigger LANGUAGE plpgsql AS $$
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
"""


class Migration(migrations.Migration):
    dependencies = [("access", "0004_access_is_restored_at_the_console")]

    operations = [
        migrations.AddField(
            "roleassignment",
            "substitutes",
            models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="substitutions",
                to="access.roleassignment",
            ),
        ),
        migrations.AddConstraint(
            "roleassignment",
            models.CheckConstraint(
                condition=models.Q(("substitutes__isnull", True), ("valid_to__isnull", False), _connector="OR"),
                name="role_of_a_substitute_ends",
            ),
        ),
        migrations.RunSQL(SUBSTITUTED, BEFORE),
    ]
