CREATE TABLE audit_record (
    number {int} PRIMARY KEY,
    at {int} NOT NULL,
    who_kind {text} NOT NULL,
    who_name {text},
    act {text} NOT NULL,
    subject_kind {text} NOT NULL,
    subject {text} NOT NULL,
    outcome {text} NOT NULL,
    address {text},
    session {text},
    request {text},
    before_value {text},
    after_value {text},
    why {text},
    previous {bytes} NOT NULL,
    hash {bytes} NOT NULL
){rows};

CREATE INDEX audit_record_who ON audit_record (who_name, number);

CREATE INDEX audit_record_act ON audit_record (act, number);

CREATE INDEX audit_record_subject ON audit_record (subject_kind, subject, number);

CREATE TABLE audit_checkpoint (
    number {int} PRIMARY KEY,
    last {int} NOT NULL,
    hash {bytes} NOT NULL,
    tags {bytes} NOT NULL,
    at {int} NOT NULL,
    key_id {bytes} NOT NULL,
    signature {bytes} NOT NULL
){rows};

{sqlite} CREATE TRIGGER audit_record_next BEFORE INSERT ON audit_record WHEN NEW.number <> COALESCE((SELECT MAX(number) FROM audit_record), 0) + 1 BEGIN SELECT RAISE(ABORT, 'the audit log only grows'); END;

{sqlite} CREATE TRIGGER audit_record_update BEFORE UPDATE ON audit_record BEGIN SELECT RAISE(ABORT, 'the audit log only grows'); END;

{sqlite} CREATE TRIGGER audit_record_delete BEFORE DELETE ON audit_record BEGIN SELECT RAISE(ABORT, 'the audit log only grows'); END;

{sqlite} CREATE TRIGGER audit_checkpoint_next BEFORE INSERT ON audit_checkpoint WHEN NEW.number <> COALESCE((SELECT MAX(number) FROM audit_checkpoint), 0) + 1 BEGIN SELECT RAISE(ABORT, 'the audit log only grows'); END;

{sqlite} CREATE TRIGGER audit_checkpoint_update BEFORE UPDATE ON audit_checkpoint BEGIN SELECT RAISE(ABORT, 'the audit log only grows'); END;

{sqlite} CREATE TRIGGER audit_checkpoint_delete BEFORE DELETE ON audit_checkpoint BEGIN SELECT RAISE(ABORT, 'the audit log only grows'); END;

{postgres} CREATE FUNCTION audit_only_grows() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'the audit log only grows'; END $$;

{postgres} CREATE FUNCTION audit_record_is_next() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.number <> COALESCE((SELECT MAX(number) FROM audit_record), 0) + 1 THEN RAISE EXCEPTION 'the audit log only grows'; END IF; RETURN NEW; END $$;

{postgres} CREATE FUNCTION audit_checkpoint_is_next() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.number <> COALESCE((SELECT MAX(number) FROM audit_checkpoint), 0) + 1 THEN RAISE EXCEPTION 'the audit log only grows'; END IF; RETURN NEW; END $$;

{postgres} CREATE TRIGGER audit_record_next BEFORE INSERT ON audit_record FOR EACH ROW EXECUTE FUNCTION audit_record_is_next();

{postgres} CREATE TRIGGER audit_record_grows BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_record FOR EACH STATEMENT EXECUTE FUNCTION audit_only_grows();

{postgres} CREATE TRIGGER audit_checkpoint_next BEFORE INSERT ON audit_checkpoint FOR EACH ROW EXECUTE FUNCTION audit_checkpoint_is_next();

{postgres} CREATE TRIGGER audit_checkpoint_grows BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_checkpoint FOR EACH STATEMENT EXECUTE FUNCTION audit_only_grows();
