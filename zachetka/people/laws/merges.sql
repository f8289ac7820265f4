-- Cards of one person are merged and parted, never by that person; nothing is written into the absorbed one (п. 2.1, 3.8).

CREATE FUNCTION people_merge_walks() RETURNS trigger LANGUAGE plpgsql AS $$
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
CREATE TRIGGER merge_walks BEFORE INSERT OR UPDATE OR DELETE ON people_merge
    FOR EACH ROW EXECUTE FUNCTION people_merge_walks();

CREATE FUNCTION people_merge_points() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    into_whom bigint := (SELECT merged_into_id FROM people_person WHERE id = NEW.absorbed_id);
    of_right bigint := (SELECT survivor_id FROM people_merge WHERE state = 'done' AND absorbed_id = NEW.absorbed_id);
BEGIN
    IF into_whom IS NOT DISTINCT FROM of_right THEN
        RETURN NULL;
    END IF;
    IF of_right IS NULL THEN
        RAISE EXCEPTION 'Разъединённая карточка ни на какую не указывает (п. 2.1).' USING ERRCODE = 'check_violation';
    END IF;
    RAISE EXCEPTION 'Поглощённая карточка указывает на главную (п. 2.1).' USING ERRCODE = 'check_violation';
END $$;
CREATE CONSTRAINT TRIGGER merge_points AFTER INSERT OR UPDATE OF state ON people_merge DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION people_merge_points();

CREATE FUNCTION people_merged_stay() RETURNS trigger LANGUAGE plpgsql AS $$
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
CREATE TRIGGER merged_stay BEFORE INSERT OR UPDATE ON people_person
    FOR EACH ROW EXECUTE FUNCTION people_merged_stay();

CREATE FUNCTION people_only_of_the_unmerged() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    into_whom bigint;
BEGIN
    SELECT merged_into_id INTO into_whom FROM people_person WHERE id = NEW.person_id FOR SHARE;
    IF into_whom IS NOT NULL THEN
        RAISE EXCEPTION 'В объединённую карточку не вносят: вносят в главную (п. 2.1).' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER of_the_unmerged BEFORE INSERT ON people_personname
    FOR EACH ROW EXECUTE FUNCTION people_only_of_the_unmerged();
CREATE TRIGGER of_the_unmerged BEFORE INSERT ON people_educationdocument
    FOR EACH ROW EXECUTE FUNCTION people_only_of_the_unmerged();
CREATE TRIGGER of_the_unmerged BEFORE INSERT ON people_consent
    FOR EACH ROW EXECUTE FUNCTION people_only_of_the_unmerged();
CREATE TRIGGER of_the_unmerged BEFORE INSERT ON people_subjectrequest
    FOR EACH ROW EXECUTE FUNCTION people_only_of_the_unmerged();
CREATE TRIGGER of_the_unmerged BEFORE INSERT ON people_employee
    FOR EACH ROW EXECUTE FUNCTION people_only_of_the_unmerged();
CREATE TRIGGER of_the_unmerged BEFORE INSERT ON people_learner
    FOR EACH ROW EXECUTE FUNCTION people_only_of_the_unmerged();

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
