-- A version of a programme is approved by another and stays as approved, its plan and proofs with it (п. 2.3).

CREATE FUNCTION programs_version_is_lawful() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    planned integer;
    least integer;
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF OLD.state <> 'draft' THEN
            RAISE EXCEPTION 'Редакция программы не удаляется (п. 2.3).' USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN OLD;
    END IF;
    IF OLD.state IN ('approved', 'retired') THEN
        IF NEW.state NOT IN ('approved', 'retired') OR (OLD.state = 'retired' AND NEW.state = 'approved')
           OR (to_jsonb(NEW) - 'state') <> (to_jsonb(OLD) - 'state') THEN
            RAISE EXCEPTION 'Утверждённая редакция не меняется: составьте новую (п. 2.3).'
                USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF NEW.state = 'approved' THEN
        SELECT coalesce(sum(hours), 0) INTO planned FROM programs_module WHERE version_id = NEW.id;
        IF planned <> NEW.hours THEN
            RAISE EXCEPTION 'Сумма часов плана % не равна объёму программы % (п. 2.3).', planned, NEW.hours
                USING ERRCODE = 'check_violation';
        END IF;
        SELECT max(m.hours) INTO least FROM programs_hourminimum m JOIN programs_program p ON p.kind = m.kind
        WHERE p.id = NEW.program_id AND m.valid_from <= NEW.valid_from
          AND (m.valid_to IS NULL OR m.valid_to >= NEW.valid_from);
        IF NEW.hours < coalesce(least, 1) THEN
            RAISE EXCEPTION 'Объём % ч ниже минимума % ч для этого вида программ (п. 2.3).', NEW.hours, least
                USING ERRCODE = 'check_violation';
        END IF;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER version_is_lawful BEFORE UPDATE OR DELETE ON programs_programversion
    FOR EACH ROW EXECUTE FUNCTION programs_version_is_lawful();

CREATE FUNCTION programs_version_walks() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    decided text[] := ARRAY['state', 'remark', 'valid_from', 'approved_by_id', 'approved_by_person', 'approved_at'];
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'draft' OR NEW.valid_from IS NOT NULL OR NEW.approved_by_id IS NOT NULL
           OR NEW.approved_by_person IS NOT NULL OR NEW.approved_at IS NOT NULL THEN
            RAISE EXCEPTION 'Редакция программы начинается с черновика (п. 2.3).' USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF (NEW.id, NEW.program_id, NEW.number) <> (OLD.id, OLD.program_id, OLD.number) THEN
        RAISE EXCEPTION 'Редакция остаётся за своей программой (п. 2.3).' USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.state <> OLD.state AND (OLD.state, NEW.state) NOT IN (
        ('draft', 'submitted'), ('submitted', 'draft'), ('submitted', 'approved'), ('approved', 'retired')) THEN
        RAISE EXCEPTION 'Редакцию готовят, передают, утверждают или возвращают: иного пути нет (п. 2.3).'
            USING ERRCODE = 'check_violation';
    END IF;
    IF OLD.state = 'submitted' AND (NEW.state = 'submitted' AND to_jsonb(NEW) <> to_jsonb(OLD)
       OR to_jsonb(NEW) - decided <> to_jsonb(OLD) - decided) THEN
        RAISE EXCEPTION 'Редакцию на утверждении не правят: её возвращают в черновик (п. 2.3).'
            USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.state IN ('draft', 'submitted') AND (NEW.valid_from IS NOT NULL OR NEW.approved_by_id IS NOT NULL
       OR NEW.approved_by_person IS NOT NULL OR NEW.approved_at IS NOT NULL) THEN
        RAISE EXCEPTION 'Подпись и день начала — только у утверждённой редакции (п. 2.3).'
            USING ERRCODE = 'check_violation';
    END IF;
    IF OLD.state = 'submitted' AND NEW.state = 'approved' AND NOT EXISTS (
        SELECT FROM access_account WHERE id = NEW.approved_by_id AND person_uid = NEW.approved_by_person) THEN
        RAISE EXCEPTION 'Редакцию утверждает человек под своей учётной записью (п. 3.8).'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER version_walks BEFORE INSERT OR UPDATE ON programs_programversion
    FOR EACH ROW EXECUTE FUNCTION programs_version_walks();

CREATE FUNCTION programs_plan_is_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    version bigint;
    version_state text;
BEGIN
    IF TG_OP = 'DELETE' THEN version := OLD.version_id; ELSE version := NEW.version_id; END IF;
    SELECT state INTO version_state FROM programs_programversion WHERE id = version FOR SHARE;
    IF version_state <> 'draft' OR (TG_OP = 'UPDATE' AND NEW.version_id <> OLD.version_id) THEN
        RAISE EXCEPTION 'План меняется только в черновике редакции (п. 2.3).' USING ERRCODE = 'check_violation';
    END IF;
    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER plan_is_frozen BEFORE INSERT OR UPDATE OR DELETE ON programs_module
    FOR EACH ROW EXECUTE FUNCTION programs_plan_is_frozen();
CREATE TRIGGER plan_is_frozen BEFORE INSERT OR UPDATE OR DELETE ON programs_plannedresult
    FOR EACH ROW EXECUTE FUNCTION programs_plan_is_frozen();

CREATE FUNCTION programs_proofs_are_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    link programs_plannedresult_modules%ROWTYPE;
    version_state text;
BEGIN
    IF TG_OP = 'UPDATE' THEN
        RAISE EXCEPTION 'Связь результата с модулем не меняется: уберите её и внесите новую (п. 1.3).'
            USING ERRCODE = 'check_violation';
    END IF;
    IF TG_OP = 'DELETE' THEN link := OLD; ELSE link := NEW; END IF;
    SELECT v.state INTO version_state FROM programs_plannedresult r JOIN programs_programversion v ON v.id = r.version_id
    WHERE r.id = link.plannedresult_id FOR SHARE OF v;
    IF version_state <> 'draft' THEN
        RAISE EXCEPTION 'Чем доказывается результат, меняется только в черновике редакции (п. 1.3, 2.3).'
            USING ERRCODE = 'check_violation';
    END IF;
    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
    IF (SELECT version_id FROM programs_plannedresult WHERE id = link.plannedresult_id)
       <> (SELECT version_id FROM programs_module WHERE id = link.module_id) THEN
        RAISE EXCEPTION 'Результат доказывают модули своей редакции (п. 1.3).' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER proofs_are_frozen BEFORE INSERT OR UPDATE OR DELETE ON programs_plannedresult_modules
    FOR EACH ROW EXECUTE FUNCTION programs_proofs_are_frozen();
