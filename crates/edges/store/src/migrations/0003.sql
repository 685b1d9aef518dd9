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

CREATE TABLE statement (
    device {text} NOT NULL,
    attribute {text} NOT NULL,
    source {text} NOT NULL,
    value {text} NOT NULL,
    actor_kind {text} NOT NULL,
    actor_name {text},
    at {int} NOT NULL,
    why {text} NOT NULL,
    PRIMARY KEY (device, attribute, source)
){rows};

INSERT INTO statement (device, attribute, source, value, actor_kind, actor_name, at, why)
    SELECT device, attribute, 'person', value, actor_kind, actor_name, at, why FROM assertion;

DROP TABLE assertion;

CREATE TABLE patient_state (
    device {text} PRIMARY KEY,
    state {text} NOT NULL,
    source {text} NOT NULL,
    told_by {text} NOT NULL,
    at {int} NOT NULL
){rows};

CREATE TABLE device_model (
    id {text} PRIMARY KEY,
    manufacturer {text} NOT NULL,
    model {text} NOT NULL,
    manufacturer_key {text} NOT NULL,
    model_key {text} NOT NULL,
    version {int} NOT NULL,
    UNIQUE (manufacturer_key, model_key)
){rows};

CREATE TABLE model_default (
    device_model {text} NOT NULL,
    attribute {text} NOT NULL,
    value {text} NOT NULL,
    actor_kind {text} NOT NULL,
    actor_name {text},
    at {int} NOT NULL,
    why {text} NOT NULL,
    PRIMARY KEY (device_model, attribute)
){rows};

ALTER TABLE device ADD COLUMN part_of {text};

ALTER TABLE device ADD COLUMN hidden {int} NOT NULL DEFAULT 0;

CREATE TABLE adjustment (
    number {int} PRIMARY KEY,
    id {text} NOT NULL UNIQUE,
    kind {text} NOT NULL,
    device {text} NOT NULL,
    part {text} NOT NULL,
    anchor {text},
    anchor_before {text},
    at {int} NOT NULL,
    actor_kind {text} NOT NULL,
    actor_name {text},
    why {text} NOT NULL,
    undone_at {int},
    undone_actor_kind {text},
    undone_actor_name {text},
    undone_why {text}
){rows};

CREATE INDEX adjustment_device ON adjustment (device);

CREATE INDEX adjustment_part ON adjustment (part);

ALTER TABLE device ADD COLUMN zone {text};

ALTER TABLE device ADD COLUMN name_key {text};

ALTER TABLE device ADD COLUMN manufacturer_key {text};

ALTER TABLE device ADD COLUMN model_key {text};

ALTER TABLE device ADD COLUMN os_key {text};

ALTER TABLE device ADD COLUMN serial_key {text};

ALTER TABLE device ADD COLUMN location_key {text};

ALTER TABLE device ADD COLUMN sort_ip {text} NOT NULL DEFAULT '~';

ALTER TABLE device ADD COLUMN sort_mac {text} NOT NULL DEFAULT '~';

DROP INDEX device_last_seen;

DROP INDEX device_first_seen;

DROP INDEX device_name;

DROP INDEX device_manufacturer;

CREATE INDEX device_last_seen ON device (hidden, last_seen, id);

CREATE INDEX device_first_seen ON device (hidden, first_seen, id);

CREATE INDEX device_name ON device (hidden, sort_name, id);

CREATE INDEX device_manufacturer ON device (hidden, sort_manufacturer, id);

CREATE INDEX device_ip ON device (hidden, sort_ip, id);

ALTER TABLE device ADD COLUMN labels {text} NOT NULL DEFAULT '';

ALTER TABLE change ADD COLUMN expected_by {text};

CREATE TABLE change_window (
    id {text} PRIMARY KEY,
    name {text} NOT NULL,
    filter {text} NOT NULL,
    what {text} NOT NULL,
    from_at {int} NOT NULL,
    to_at {int} NOT NULL,
    actor_kind {text} NOT NULL,
    actor_name {text},
    at {int} NOT NULL,
    why {text} NOT NULL,
    cancelled_at {int}
){rows};

CREATE INDEX change_window_to ON change_window (to_at, id);

CREATE TABLE campaign (
    id {text} PRIMARY KEY,
    name {text} NOT NULL,
    filter {text} NOT NULL,
    due {int} NOT NULL,
    every_days {int},
    at {int} NOT NULL,
    signed_at {int},
    signed_actor_kind {text},
    signed_actor_name {text},
    signed_note {text}
){rows};

CREATE INDEX campaign_due ON campaign (due, id);

CREATE TABLE campaign_item (
    campaign {text} NOT NULL,
    device {text} NOT NULL,
    outcome {text},
    note {text},
    actor_kind {text},
    actor_name {text},
    at {int},
    PRIMARY KEY (campaign, device)
){rows};

CREATE TABLE saved_view (
    id {text} PRIMARY KEY,
    owner {text} NOT NULL,
    shared {int} NOT NULL,
    name {text} NOT NULL,
    filter {text} NOT NULL,
    sort {text} NOT NULL,
    shown_columns {text} NOT NULL,
    version {int} NOT NULL
){rows};

DROP INDEX device_facet;

CREATE INDEX device_facet ON device
    (hidden, lifecycle, clinical_class, device_type, manufacturer, quarantined, external, weaknesses);
