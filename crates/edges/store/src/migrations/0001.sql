CREATE TABLE sensor (
    id {text} PRIMARY KEY,
    sequence {int} NOT NULL,
    until {int} NOT NULL,
    frames {int} NOT NULL,
    dropped {int} NOT NULL,
    lost_batches {int} NOT NULL
){rows};

CREATE TABLE sighting (
    station {bytes} NOT NULL,
    sensor {text} NOT NULL,
    first_frame {int} NOT NULL,
    first_seen {int} NOT NULL,
    last_seen {int} NOT NULL,
    packets_sent {int} NOT NULL,
    packets_received {int} NOT NULL,
    hops {int},
    vlan {int},
    PRIMARY KEY (station, sensor)
){rows};

CREATE TABLE claim (
    ip {bytes} NOT NULL,
    mac {bytes} NOT NULL,
    field {text} NOT NULL,
    sensor {text} NOT NULL,
    frame {int} NOT NULL,
    at {int} NOT NULL,
    last_seen {int} NOT NULL,
    count {int} NOT NULL,
    PRIMARY KEY (ip, mac, field, sensor)
){rows};

CREATE TABLE observation (
    station {bytes} NOT NULL,
    field {text} NOT NULL,
    value {text} NOT NULL,
    sensor {text} NOT NULL,
    frame {int} NOT NULL,
    at {int} NOT NULL,
    last_frame {int} NOT NULL,
    count {int} NOT NULL,
    PRIMARY KEY (station, field, value, sensor)
){rows};

CREATE TABLE weakness (
    station {bytes} NOT NULL,
    weakness {text} NOT NULL,
    sensor {text} NOT NULL,
    field {text} NOT NULL,
    frame {int} NOT NULL,
    at {int} NOT NULL,
    count {int} NOT NULL,
    PRIMARY KEY (station, weakness, sensor)
){rows};

CREATE TABLE conversation (
    originator {bytes} NOT NULL,
    responder {bytes} NOT NULL,
    transport {int} NOT NULL,
    port {int} NOT NULL,
    protocol {text} NOT NULL,
    sensor {text} NOT NULL,
    flows {int} NOT NULL,
    packets_out {int} NOT NULL,
    packets_back {int} NOT NULL,
    bytes_out {int} NOT NULL,
    bytes_back {int} NOT NULL,
    first_frame {int} NOT NULL,
    first_seen {int} NOT NULL,
    last_seen {int} NOT NULL,
    encrypted {int} NOT NULL,
    patient_data {int} NOT NULL,
    weaknesses {int} NOT NULL,
    lost_bytes {int} NOT NULL,
    PRIMARY KEY (originator, responder, transport, port, protocol, sensor)
){rows};

CREATE INDEX conversation_responder ON conversation (responder);

CREATE TABLE conversation_hour (
    hour {int} NOT NULL,
    originator {bytes} NOT NULL,
    responder {bytes} NOT NULL,
    transport {int} NOT NULL,
    port {int} NOT NULL,
    protocol {text} NOT NULL,
    sensor {text} NOT NULL,
    flows {int} NOT NULL,
    packets_out {int} NOT NULL,
    packets_back {int} NOT NULL,
    bytes_out {int} NOT NULL,
    bytes_back {int} NOT NULL,
    first_frame {int} NOT NULL,
    first_seen {int} NOT NULL,
    last_seen {int} NOT NULL,
    encrypted {int} NOT NULL,
    patient_data {int} NOT NULL,
    weaknesses {int} NOT NULL,
    lost_bytes {int} NOT NULL,
    PRIMARY KEY (hour, originator, responder, transport, port, protocol, sensor)
){rows};

CREATE TABLE device (
    id {text} PRIMARY KEY,
    name {text},
    manufacturer {text},
    model {text},
    device_type {text},
    clinical_class {text} NOT NULL,
    os {text},
    serial {text},
    location {text},
    ips {text} NOT NULL,
    macs {text} NOT NULL,
    weaknesses {int} NOT NULL,
    external {int} NOT NULL,
    first_seen {int} NOT NULL,
    last_seen {int} NOT NULL,
    lifecycle {text} NOT NULL,
    quarantined {int} NOT NULL,
    version {int} NOT NULL,
    sort_name {text} NOT NULL,
    sort_manufacturer {text} NOT NULL
){rows};

CREATE INDEX device_last_seen ON device (last_seen, id);

CREATE INDEX device_first_seen ON device (first_seen, id);

CREATE INDEX device_name ON device (sort_name, id);

CREATE INDEX device_manufacturer ON device (sort_manufacturer, id);

CREATE INDEX device_facet ON device
    (lifecycle, clinical_class, device_type, manufacturer, quarantined, external, weaknesses);

CREATE TABLE device_search (
    device {text} PRIMARY KEY,
    words {text} NOT NULL
){rows};

CREATE TABLE device_identity (
    device {text} PRIMARY KEY,
    identity {text} NOT NULL,
    digest {bytes} NOT NULL
){rows};

CREATE TABLE anchor (
    anchor {text} PRIMARY KEY,
    device {text} NOT NULL
){rows};

CREATE INDEX anchor_device ON anchor (device);

CREATE TABLE device_station (
    station {bytes} PRIMARY KEY,
    device {text} NOT NULL
){rows};

CREATE INDEX device_station_device ON device_station (device);

CREATE TABLE assertion (
    device {text} NOT NULL,
    attribute {text} NOT NULL,
    value {text} NOT NULL,
    actor_kind {text} NOT NULL,
    actor_name {text},
    at {int} NOT NULL,
    why {text} NOT NULL,
    PRIMARY KEY (device, attribute)
){rows};

CREATE TABLE change (
    number {int} PRIMARY KEY,
    id {text} NOT NULL UNIQUE,
    device {text} NOT NULL,
    at {int} NOT NULL,
    actor_kind {text} NOT NULL,
    actor_name {text},
    kind {text} NOT NULL,
    what {text} NOT NULL,
    before_value {text},
    after_value {text},
    why {text} NOT NULL,
    request {text}
){rows};

CREATE INDEX change_device ON change (device, number);

CREATE TABLE account (
    name {text} PRIMARY KEY,
    role {text} NOT NULL,
    password_hash {text} NOT NULL,
    created {int} NOT NULL,
    last_visit {int}
){rows};

CREATE TABLE login_session (
    hash {bytes} PRIMARY KEY,
    account {text} NOT NULL,
    created {int} NOT NULL,
    expires {int} NOT NULL
){rows};

CREATE INDEX login_session_account ON login_session (account);
