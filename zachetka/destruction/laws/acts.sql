-- An act is composed by one and approved by another, not under a hold; only what it names is destroyed (152-ФЗ ст. 21; T18).

CREATE FUNCTION destruction_is_of(human uuid, of_type text, of_id text) RETURNS boolean LANGUAGE plpgsql STABLE AS $$
BEGIN
    -- A list that was handed in is of many people: that it holds the value only its bytes can say.
    RETURN CASE of_type
        WHEN 'people.person' THEN EXISTS (SELECT FROM people_person WHERE id = of_id::bigint AND human_uid = human)
        WHEN 'access.account' THEN EXISTS (
            SELECT FROM access_account a JOIN people_person p ON p.uid = a.person_uid
            WHERE a.id = of_id::bigint AND p.human_uid = human)
        -- A row of the means of sign-in, or the same address of an account that is nobody's.
        WHEN 'account.emailaddress' THEN EXISTS (
            SELECT FROM account_emailaddress e JOIN access_account a ON a.id = e.user_id
            WHERE e.id = of_id::bigint AND (
                EXISTS (SELECT FROM people_person p WHERE p.uid = a.person_uid AND p.human_uid = human)
                OR NOT EXISTS (SELECT FROM people_person p WHERE p.uid = a.person_uid) AND (
                    EXISTS (SELECT FROM people_person p WHERE p.human_uid = human AND lower(p.email) = lower(e.email))
                    OR EXISTS (SELECT FROM access_account o JOIN people_person p ON p.uid = o.person_uid
                               WHERE p.human_uid = human AND lower(o.email) = lower(e.email)))))
        WHEN 'files.storedfile' THEN EXISTS (
            SELECT FROM people_subjectrequest r JOIN people_person p ON p.id = r.person_id
            WHERE r.file_id = of_id::bigint AND p.human_uid = human)
            OR EXISTS (SELECT FROM people_upload WHERE of_id::bigint IN (file_id, refused_file_id))
            OR EXISTS (SELECT FROM learning_markupload WHERE of_id::bigint IN (file_id, refused_file_id))
        ELSE false END;
END $$;

CREATE FUNCTION destruction_act_walks() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    deciding text[] := ARRAY['state', 'decided_by_id', 'decided_by_person', 'decided_at', 'refusal', 'number',
                             'extract_number', 'content'];
    whose uuid;
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'Акт об уничтожении не удаляется (152-ФЗ ст. 21).' USING ERRCODE = 'restrict_violation';
    END IF;
    SELECT p.human_uid INTO whose FROM people_withdrawal w JOIN people_consent c ON c.id = w.consent_id
    JOIN people_person p ON p.id = c.person_id WHERE w.id = NEW.withdrawal_id;
    IF whose IS NULL THEN
        RAISE EXCEPTION 'Акт говорит, чьи данные уничтожают (152-ФЗ ст. 21).' USING ERRCODE = 'check_violation';
    END IF;
    IF whose IN (NEW.composed_by_person, NEW.decided_by_person) THEN
        RAISE EXCEPTION 'Акт о своих данных составляет и утверждает другой человек (п. 3.8).' USING ERRCODE = 'check_violation';
    END IF;
    IF NOT EXISTS (SELECT FROM access_account WHERE id = NEW.composed_by_id AND person_uid = NEW.composed_by_person) THEN
        RAISE EXCEPTION 'Акт составляет владелец учётной записи (п. 3.8).' USING ERRCODE = 'check_violation';
    END IF;
    IF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'composed' THEN
            RAISE EXCEPTION 'Акт сначала составляют (152-ФЗ ст. 21).' USING ERRCODE = 'check_violation';
        END IF;
        IF EXISTS (
            SELECT FROM destruction_hold h JOIN people_person p ON p.id = h.person_id
            JOIN access_account a ON a.id = h.lifted_by_id
            WHERE p.human_uid = whose AND a.person_uid = NEW.composed_by_person) THEN
            RAISE EXCEPTION 'Снявший запрет не составляет акта об этих данных (п. 3.8).' USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF OLD.state <> 'composed' OR to_jsonb(NEW) - deciding <> to_jsonb(OLD) - deciding THEN
        RAISE EXCEPTION 'Акт, по которому решено, не меняется (152-ФЗ ст. 21).' USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.state <> 'composed' AND NOT EXISTS (
        SELECT FROM access_account WHERE id = NEW.decided_by_id AND person_uid = NEW.decided_by_person) THEN
        RAISE EXCEPTION 'Решает владелец учётной записи (п. 3.8).' USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.state = 'approved' AND EXISTS (
        SELECT FROM (VALUES ('destruction-acts', NEW.number, 'number'),
                            ('destruction-extracts', NEW.extract_number, 'extract_number')) paper (book, written, field)
        WHERE NEW.content ->> paper.field IS DISTINCT FROM paper.written OR NOT EXISTS (
            SELECT FROM registers_entry e JOIN registers_register r ON r.id = e.register_id
            WHERE (e.record_type, e.record_id, e.written, r.code) = ('destruction.act', NEW.id, paper.written, paper.book)
              AND r.year = extract(year FROM NEW.decided_at AT TIME ZONE 'Europe/Moscow'))) THEN
        RAISE EXCEPTION 'Номер акта и номер выгрузки даёт журнал регистрации, каждой бумаге свой (п. 2.5).'
            USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.state = 'approved' AND EXISTS (
        SELECT FROM destruction_hold h JOIN people_person p ON p.id = h.person_id
        WHERE h.state = 'placed' AND (p.human_uid = whose OR p.id IN (
            SELECT person_id FROM destruction_actline WHERE act_id = NEW.id))) THEN
        RAISE EXCEPTION 'Действует запрет на уничтожение (152-ФЗ ст. 21).' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER act_walks BEFORE INSERT OR UPDATE OR DELETE ON destruction_act
    FOR EACH ROW EXECUTE FUNCTION destruction_act_walks();

CREATE FUNCTION destruction_whose(act bigint) RETURNS uuid LANGUAGE sql STABLE AS $$
    SELECT p.human_uid FROM destruction_act a JOIN people_withdrawal w ON w.id = a.withdrawal_id
    JOIN people_consent c ON c.id = w.consent_id JOIN people_person p ON p.id = c.person_id WHERE a.id = act
$$;

CREATE FUNCTION destruction_line_is_of_a_draft() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    whose uuid;
BEGIN
    -- Whoever decides on the act holds it: the line waits and finds it decided.
    PERFORM FROM destruction_act WHERE id = NEW.act_id AND state = 'composed' FOR SHARE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'В акт, по которому решено, ничего не вносят (152-ФЗ ст. 21).' USING ERRCODE = 'check_violation';
    END IF;
    whose := destruction_whose(NEW.act_id);
    IF NOT destruction_is_of(whose, 'people.person', NEW.person_id::text)
       OR NOT destruction_is_of(whose, NEW.record_type, NEW.record_id) THEN
        RAISE EXCEPTION 'Акт называет записи лишь того, кто отозвал согласие (152-ФЗ ст. 21).'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER line_is_of_a_draft BEFORE INSERT ON destruction_actline
    FOR EACH ROW EXECUTE FUNCTION destruction_line_is_of_a_draft();

CREATE FUNCTION destruction_hold_walks() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    lifting text[] := ARRAY['state', 'lift_order_number', 'lift_order_date', 'lift_reason', 'lifted_by_id', 'lifted_at'];
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'Запрет на уничтожение не удаляется: его снимают приказом (152-ФЗ ст. 21).' USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'placed' THEN
            RAISE EXCEPTION 'Запрет сначала вводят (152-ФЗ ст. 21).' USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF OLD.state <> 'placed' OR to_jsonb(NEW) - lifting <> to_jsonb(OLD) - lifting THEN
        RAISE EXCEPTION 'Запрет не меняется: его лишь снимают приказом, один раз (152-ФЗ ст. 21).' USING ERRCODE = 'check_violation';
    END IF;
    IF EXISTS (
        SELECT FROM destruction_act d JOIN people_person p ON p.human_uid = destruction_whose(d.id)
        JOIN access_account a ON a.id = NEW.lifted_by_id
        WHERE d.state = 'composed' AND p.id = NEW.person_id AND d.composed_by_person = a.person_uid) THEN
        RAISE EXCEPTION 'Составивший акт не снимает запрет, который ему мешает (п. 3.8).' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER hold_walks BEFORE INSERT OR UPDATE OR DELETE ON destruction_hold
    FOR EACH ROW EXECUTE FUNCTION destruction_hold_walks();

CREATE FUNCTION destruction_address_goes_by_an_act() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM destruction_act a JOIN destruction_actline l ON l.act_id = a.id
        WHERE a.state = 'approved' AND (l.record_type, l.record_id) = ('account.emailaddress', OLD.id::text)
          AND pg_current_xact_id() = (
              SELECT min(xid) FROM ledger_event
              WHERE object_type = 'destruction.act' AND object_id = a.id::text AND type = 'destruction_act.approved')) THEN
        RAISE EXCEPTION 'Адрес средства входа уничтожают только по утверждённому акту (152-ФЗ ст. 21).'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN OLD;
END $$;
CREATE TRIGGER address_goes_by_an_act BEFORE DELETE ON account_emailaddress
    FOR EACH ROW EXECUTE FUNCTION destruction_address_goes_by_an_act();

-- True of a record that an act names while the very transaction that approved it is under way: an old act destroys nothing again.
CREATE FUNCTION destruction_goes_now(by_act bigint, of_type text, of_id text) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (
        SELECT FROM destruction_act a JOIN destruction_actline l ON l.act_id = a.id
        JOIN people_withdrawal w ON w.id = a.withdrawal_id JOIN people_consent c ON c.id = w.consent_id
        JOIN people_person p ON p.id = c.person_id
        WHERE a.id = by_act AND a.state = 'approved' AND (l.record_type, l.record_id) = (of_type, of_id)
          AND destruction_is_of(p.human_uid, of_type, of_id)
          AND NOT EXISTS (
              SELECT FROM destruction_hold h JOIN people_person held ON held.id = h.person_id
              WHERE h.state = 'placed' AND held.human_uid = p.human_uid)
          AND pg_current_xact_id() = (
              SELECT min(xid) FROM ledger_event
              WHERE object_type = 'destruction.act' AND object_id = a.id::text AND type = 'destruction_act.approved'))
$$;

CREATE FUNCTION destruction_salt_is_in_an_act() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM ledger_event by JOIN destruction_act a ON a.id::text = by.body ->> 'act'
        WHERE by.id = NEW.by_id AND destruction_goes_now(a.id, by.object_type, by.object_id)) THEN
        RAISE EXCEPTION 'Соль уничтожают только по утверждённому акту, который называет запись, в миг утверждения (152-ФЗ ст. 21).'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER salt_is_in_an_act BEFORE INSERT ON ledger_destroyedsalt
    FOR EACH ROW EXECUTE FUNCTION destruction_salt_is_in_an_act();

CREATE FUNCTION destruction_file_is_in_an_act() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM destruction_act a
        WHERE a.number = NEW.act AND destruction_goes_now(a.id, 'files.storedfile', NEW.file_id::text)) THEN
        RAISE EXCEPTION 'Файл уничтожают только по утверждённому акту, который его называет, в миг утверждения (152-ФЗ ст. 21).'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER file_is_in_an_act BEFORE INSERT ON files_destroyedfile
    FOR EACH ROW EXECUTE FUNCTION destruction_file_is_in_an_act();
