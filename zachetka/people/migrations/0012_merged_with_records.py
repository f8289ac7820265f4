"""A card is absorbed with its records, and says whose it is; whoever was absorbed signs in by the card that stays (п. 2.1, 3.8)."""

from django.db import migrations, models

import zachetka.people.models.person
from zachetka.postgres.replacing import ReplaceFunction

WHOSE = """
ALTER TABLE people_person ADD COLUMN human_uid uuid;
ALTER TABLE people_person ALTER COLUMN human_uid TYPE uuid USING uid;
ALTER TABLE people_person ALTER COLUMN human_uid SET NOT NULL;
CREATE INDEX person_human ON people_person (human_uid);
"""

UNWHOSE = """
ALTER TABLE people_person DROP COLUMN human_uid;
"""

ABSORBED = """
ALTER TABLE people_person DISABLE TRIGGER merged_stay;
UPDATE people_person p SET human_uid = s.uid FROM people_person s WHERE s.id = p.merged_into_id;
SET CONSTRAINTS ALL IMMEDIATE;
ALTER TABLE people_person ENABLE ALWAYS TRIGGER merged_stay;
"""

STAY = """
CREATE OR REPLACE FUNCTION people_merged_stay() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    erasable text[] := ARRAY['sex', 'birth_date', 'citizenship', 'email', 'phone'];
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.merged_into_id IS NOT NULL THEN
            RAISE EXCEPTION 'Новую карточку сначала вносят (п. 2.1).' USING ERRCODE = 'check_violation';
        END IF;
        NEW.human_uid := NEW.uid;
        RETURN NEW;
    END IF;
    IF OLD.merged_into_id IS NOT NULL AND NEW.merged_into_id IS NOT NULL
       AND (to_jsonb(NEW) - erasable <> to_jsonb(OLD) - erasable
            OR NEW.sex NOT IN ('', OLD.sex) OR NEW.citizenship NOT IN ('', OLD.citizenship)
            OR NEW.email NOT IN ('', OLD.email) OR NEW.phone NOT IN ('', OLD.phone)
            OR NEW.birth_date <> OLD.birth_date OR (OLD.birth_date IS NULL AND NEW.birth_date IS NOT NULL)) THEN
        RAISE EXCEPTION 'Объединённая карточка не меняется, из неё лишь удаляют: правят главную (п. 2.1).'
            USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.merged_into_id IS DISTINCT FROM OLD.merged_into_id AND NEW.merged_into_id IS DISTINCT FROM (
        SELECT survivor_id FROM people_merge WHERE state = 'done' AND absorbed_id = NEW.id) THEN
        RAISE EXCEPTION 'Карточка указывает на ту, с которой её объединили (п. 2.1).' USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.human_uid <> COALESCE((SELECT uid FROM people_person WHERE id = NEW.merged_into_id), OLD.uid) THEN
        RAISE EXCEPTION 'Чья карточка, говорит та, с которой её объединили (п. 2.1).' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
"""

WALKS = """
CREATE OR REPLACE FUNCTION people_merge_walks() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    undoing text[] := ARRAY['state', 'undone_by_id', 'undone_by_person', 'undone_at', 'undo_reason'];
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'Объединение карточек не удаляется (п. 2.1).' USING ERRCODE = 'restrict_violation';
    END IF;
    PERFORM FROM people_person WHERE id IN (NEW.survivor_id, NEW.absorbed_id) ORDER BY id FOR NO KEY UPDATE;
    IF EXISTS (SELECT FROM people_person WHERE id IN (NEW.survivor_id, NEW.absorbed_id)
               AND uid IN (NEW.merged_by_person, NEW.undone_by_person)) THEN
        RAISE EXCEPTION 'О своей карточке решает другой человек (п. 3.8).' USING ERRCODE = 'check_violation';
    END IF;
    IF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'done' THEN
            RAISE EXCEPTION 'Карточки сначала объединяют (п. 2.1).' USING ERRCODE = 'check_violation';
        END IF;
        IF NOT EXISTS (SELECT FROM access_account WHERE id = NEW.merged_by_id AND person_uid = NEW.merged_by_person) THEN
            RAISE EXCEPTION 'Карточки объединяет владелец учётной записи (п. 3.8).' USING ERRCODE = 'check_violation';
        END IF;
        IF EXISTS (SELECT FROM people_merge WHERE state = 'done'
                   AND (absorbed_id IN (NEW.survivor_id, NEW.absorbed_id) OR survivor_id = NEW.absorbed_id)) THEN
            RAISE EXCEPTION 'Объединённую карточку не объединяют снова: ни цепочек, ни колец (п. 2.1).'
                USING ERRCODE = 'check_violation';
        END IF;
        IF EXISTS (SELECT FROM people_employee WHERE person_id = NEW.absorbed_id)
           OR EXISTS (SELECT FROM access_account a JOIN people_person p ON p.uid = a.person_uid
                      WHERE p.id = NEW.absorbed_id AND (a.is_active OR EXISTS (
                          SELECT FROM access_roleassignment r
                          WHERE r.account_id = a.id AND r.role <> 'learner' AND r.state <> 'refused'))) THEN
            RAISE EXCEPTION 'По поглощаемой карточке работают или входят: она остаётся главной (п. 3.8).'
                USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF OLD.state <> 'done' OR NEW.state <> 'undone' OR to_jsonb(NEW) - undoing <> to_jsonb(OLD) - undoing
       OR NOT EXISTS (SELECT FROM access_account WHERE id = NEW.undone_by_id AND person_uid = NEW.undone_by_person) THEN
        RAISE EXCEPTION 'Объединение не меняется: карточки лишь разъединяют, один раз (п. 2.1).'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
"""

ACCOUNTS = """
CREATE FUNCTION people_account_of_the_unmerged() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    into_whom bigint;
BEGIN
    IF NEW.is_active THEN
        SELECT merged_into_id INTO into_whom FROM people_person WHERE uid = NEW.person_uid FOR SHARE;
        IF into_whom IS NOT NULL THEN
            RAISE EXCEPTION 'По объединённой карточке не входят: вход даёт главная (п. 3.8).'
                USING ERRCODE = 'check_violation';
        END IF;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER account_of_the_unmerged BEFORE INSERT ON access_account
    FOR EACH ROW EXECUTE FUNCTION people_account_of_the_unmerged();
ALTER TABLE access_account ENABLE ALWAYS TRIGGER account_of_the_unmerged;
"""

UNACCOUNTS = """
DROP TRIGGER account_of_the_unmerged ON access_account;
DROP FUNCTION people_account_of_the_unmerged();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0011_merges"),
        ("access", "0009_emergency_access"),
    ]

    operations = [
        migrations.RunSQL(
            WHOSE,
            UNWHOSE,
            state_operations=[
                migrations.AddField(
                    model_name="person",
                    name="human_uid",
                    field=zachetka.people.models.person.HumanField(editable=False, verbose_name="чья карточка"),
                ),
                migrations.AddIndex(model_name="person", index=models.Index(fields=["human_uid"], name="person_human")),
            ],
        ),
        migrations.RunSQL(ABSORBED, migrations.RunSQL.noop),
        ReplaceFunction(STAY, was="people.0011_merges"),
        ReplaceFunction(WALKS, was="people.0011_merges"),
        migrations.RunSQL(ACCOUNTS, UNACCOUNTS),
    ]
