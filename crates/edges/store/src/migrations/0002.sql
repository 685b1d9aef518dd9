CREATE TABLE enrolment (
    hash {bytes} PRIMARY KEY,
    sensor {text} NOT NULL,
    name {text} NOT NULL,
    made_by {text} NOT NULL,
    created {int} NOT NULL,
    expires {int} NOT NULL
){rows};

CREATE TABLE enrolled_sensor (
    sensor {text} PRIMARY KEY,
    name {text} NOT NULL,
    enrolled {int} NOT NULL,
    enrolled_by {text} NOT NULL,
    certificate_ends {int} NOT NULL,
    revoked {int},
    revoked_by {text},
    revoked_why {text}
){rows};
