"""Nobody is named by an order or enrolled under a card that was absorbed, and no card with such records is absorbed (п. 2.1)."""

from django.db import migrations

LEARNS = """
CREATE FUNCTION learning_only_the_unmerged() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    into_whom bigint;
BEGIN
    SELECT p.merged_into_id INTO into_whom FROM people_learner l JOIN people_person p ON p.id = l.person_id
    WHERE l.id = NEW.learner_id FOR SHARE OF p;
    IF into_whom IS NOT NULL THEN
        RAISE EXCEPTION 'Карточка объединена с другой: приказы и зачисления — по главной (п. 2.1).'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER only_the_unmerged BEFORE INSERT ON learning_orderline
    FOR EACH ROW EXECUTE FUNCTION learning_only_the_unmerged();
ALTER TABLE learning_orderline ENABLE ALWAYS TRIGGER only_the_unmerged;
CREATE TRIGGER only_the_unmerged BEFORE INSERT ON learning_enrolment
    FOR EACH ROW EXECUTE FUNCTION learning_only_the_unmerged();
ALTER TABLE learning_enrolment ENABLE ALWAYS TRIGGER only_the_unmerged;

CREATE FUNCTION learning_nobody_who_learns_is_absorbed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM learning_orderline o JOIN people_learner l ON l.id = o.learner_id
               WHERE l.person_id = NEW.absorbed_id)
       OR EXISTS (SELECT FROM learning_enrolment e JOIN people_learner l ON l.id = e.learner_id
                  WHERE l.person_id = NEW.absorbed_id) THEN
        RAISE EXCEPTION 'В поглощаемой карточке есть обучение: его не переносят (п. 2.1).'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER nobody_who_learns BEFORE INSERT ON people_merge
    FOR EACH ROW EXECUTE FUNCTION learning_nobody_who_learns_is_absorbed();
ALTER TABLE people_merge ENABLE ALWAYS TRIGGER nobody_who_learns;
"""

UNLEARNS = """
DROP TRIGGER nobody_who_learns ON people_merge;
DROP FUNCTION learning_nobody_who_learns_is_absorbed();
DROP TRIGGER only_the_unmerged ON learning_enrolment;
DROP TRIGGER only_the_unmerged ON learning_orderline;
DROP FUNCTION learning_only_the_unmerged();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("learning", "0022_grounds_of_withdrawal"),
        ("people", "0011_merges"),
    ]

    operations = [migrations.RunSQL(LEARNS, UNLEARNS)]
