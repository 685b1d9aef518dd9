ALTER TABLE account ADD COLUMN version {int} NOT NULL DEFAULT 1;

CREATE TABLE site_change (
    number {int} PRIMARY KEY,
    id {text} NOT NULL UNIQUE,
    subject_kind {text} NOT NULL,
    subject {text} NOT NULL,
    at {int} NOT NULL,
    actor_kind {text} NOT NULL,
    actor_name {text},
    what {text} NOT NULL,
    before_value {text},
    after_value {text},
    why {text} NOT NULL,
    request {text}
){rows};

CREATE INDEX site_change_subject ON site_change (subject_kind, number);
