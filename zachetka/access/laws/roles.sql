-- A role is given by an order for a term, proposed and approved by two; separated roles stand apart (п. 3.8).

CREATE FUNCTION access_role_is_lawful() RETURNS trigger LANGUAGE plpgsql AS $$
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
CREATE TRIGGER role_is_lawful BEFORE INSERT OR UPDATE OR DELETE ON access_roleassignment
    FOR EACH ROW EXECUTE FUNCTION access_role_is_lawful();

CREATE FUNCTION access_roles_stand_apart() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    who uuid := (SELECT person_uid FROM access_account WHERE id = NEW.account_id);
    pairs text[] := ARRAY[
        'admin+head', 'admin+inspector', 'admin+methodist', 'admin+privacy', 'admin+registrar', 'admin+security',
        'head+inspector', 'inspector+methodist', 'inspector+privacy', 'inspector+security', 'inspector+teacher'
    ];
BEGIN
    IF NEW.state NOT IN ('proposed', 'active') THEN
        RETURN NEW;
    END IF;
    PERFORM FROM access_account WHERE person_uid = who ORDER BY id FOR NO KEY UPDATE;
    IF EXISTS (
        SELECT FROM access_roleassignment other JOIN access_account own ON own.id = other.account_id
        WHERE own.person_uid = who AND other.id <> NEW.id AND other.state IN ('proposed', 'active')
            AND (other.valid_to IS NULL OR other.valid_to >= NEW.valid_from)
            AND (NEW.valid_to IS NULL OR NEW.valid_to >= other.valid_from)
            AND least(other.role, NEW.role) || '+' || greatest(other.role, NEW.role) = ANY (pairs)
    ) THEN
        RAISE EXCEPTION 'Разделённые роли одному человеку не дают (п. 3.8).' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER roles_stand_apart BEFORE INSERT OR UPDATE ON access_roleassignment
    FOR EACH ROW EXECUTE FUNCTION access_roles_stand_apart();
