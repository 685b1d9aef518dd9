// A synthetic hospital from a seed: devices, what they say to each other, what changed. Nothing here is about a real
// hospital or patient. Some strings are hostile on purpose: all of them come "from the wire".

import { labelled, marked } from "./marks.mjs";

/** Small seeded generator (mulberry32): the same seed gives the same hospital. */
export function random(seed) {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  return {
    next,
    below: (n) => Math.floor(next() * n),
    pick: (list) => list[Math.floor(next() * list.length)],
    chance: (p) => next() < p,
    hex: (n) => Array.from({ length: n }, () => Math.floor(next() * 16).toString(16)).join(""),
    digits: (n) => Array.from({ length: n }, () => Math.floor(next() * 10)).join(""),
  };
}

export const ZONES = [
  { id: "icu", name: "Intensive care", kind: "vlan", net: "10.20.1" },
  { id: "theatre", name: "Operating theatres", kind: "vlan", net: "10.20.5" },
  { id: "ward", name: "Wards 3 and 4", kind: "vlan", net: "10.20.2" },
  { id: "radiology", name: "Radiology", kind: "vlan", net: "10.20.10" },
  { id: "lab", name: "Laboratory", kind: "vlan", net: "10.20.20" },
  { id: "servers", name: "Data centre", kind: "subnet", net: "10.20.100" },
  { id: "office", name: "Office and workstations", kind: "subnet", net: "10.20.50" },
  { id: "building", name: "Building services", kind: "subnet", net: "10.20.200" },
  { id: "outside", name: "Outside", kind: "outside", net: "203.0.113" },
];

// type, class, maker, model, name, zone, how many, system, OUI, says, to
const KINDS = [
  ["ventilator", "life_sustaining", "Dräger", "Evita V500", "vent", "icu", 8, "VxWorks", "00:30:e6", "hl7", "gateway"],
  [
    "ventilator",
    "life_sustaining",
    "Hamilton Medical",
    "HAMILTON-C6",
    "c6",
    "icu",
    3,
    null,
    "00:21:b7",
    "hl7",
    "gateway",
  ],
  [
    "anesthesia_machine",
    "life_sustaining",
    "GE HealthCare",
    "Aisys CS²",
    "aisys",
    "theatre",
    4,
    "Linux",
    "00:40:97",
    "hl7",
    "gateway",
  ],
  [
    "dialysis_machine",
    "life_sustaining",
    "Fresenius Medical Care",
    "5008",
    "dial",
    "icu",
    2,
    null,
    "00:0e:2b",
    "hl7",
    "gateway",
  ],
  ["infusion_pump", "therapeutic", "B. Braun", "Space", "space", "icu", 9, "Linux", "00:19:93", "http", "pumps"],
  [
    "infusion_pump",
    "therapeutic",
    "BD",
    "Alaris 8015",
    "alaris",
    "ward",
    10,
    "Windows CE",
    "00:22:fb",
    "http",
    "pumps",
  ],
  ["hospital_bed", "therapeutic", "Hillrom", "Progressa", "bed", "ward", 3, null, "00:1b:c5", "mqtt", "nurse"],
  [
    "patient_monitor",
    "monitoring_alarm",
    "Philips",
    "IntelliVue MX750",
    "mx750",
    "icu",
    10,
    "VxWorks",
    "00:09:fb",
    "intellivue",
    "central",
  ],
  [
    "patient_monitor",
    "monitoring_alarm",
    "GE HealthCare",
    "CARESCAPE B650",
    "b650",
    "theatre",
    4,
    "Linux",
    "00:40:97",
    "hl7",
    "gateway",
  ],
  [
    "central_station",
    "monitoring_alarm",
    "Philips",
    "PIC iX",
    "piic",
    "icu",
    1,
    "Windows Server 2016",
    "00:50:56",
    "hl7",
    "ehr",
  ],
  ["nurse_call", "monitoring_alarm", "Ascom", "Unite", "unite", "servers", 1, "Linux", "00:01:3e", "sip", "telephone"],
  ["medical_gateway", "monitoring_alarm", "Capsule", "Neuron", "neuron", "icu", 2, "Linux", "00:0c:29", "hl7", "ehr"],
  [
    "ct_scanner",
    "diagnostic",
    "Siemens Healthineers",
    "SOMATOM go.Top",
    "ct",
    "radiology",
    2,
    "Windows 10",
    "00:1b:1b",
    "dicom",
    "pacs",
  ],
  [
    "mr_scanner",
    "diagnostic",
    "Siemens Healthineers",
    "MAGNETOM Sola",
    "mr",
    "radiology",
    2,
    "Windows 10",
    "00:1b:1b",
    "dicom",
    "pacs",
  ],
  [
    "ultrasound",
    "diagnostic",
    "Samsung Medison",
    "HS70A",
    "us",
    "radiology",
    3,
    "Windows 7",
    "00:13:77",
    "dicom",
    "pacs",
  ],
  ["x_ray", "diagnostic", "Agfa", "DX-D 100", "dx", "radiology", 3, "Windows XP", "00:07:ab", "dicom", "pacs"],
  [
    "modality_workstation",
    "diagnostic",
    "Sectra",
    "IDS7",
    "read",
    "radiology",
    4,
    "Windows 11",
    "d8:9e:f3",
    "dicom-tls",
    "pacs",
  ],
  ["lab_analyzer", "diagnostic", "Roche", "cobas 6000", "cobas", "lab", 3, "Windows 7", "00:1e:4f", "astm", "lis"],
  [
    "poct_analyzer",
    "diagnostic",
    "Radiometer",
    "ABL90 FLEX",
    "abl90",
    "icu",
    3,
    "Windows 10 IoT",
    "00:80:64",
    "poct1a",
    "lis",
  ],
  ["ecg_device", "diagnostic", "Schiller", "CARDIOVIT FT-1", "ecg", "ward", 2, null, "00:0a:1c", "dicom", "pacs"],
  ["pacs", "support", "Sectra", "PACS", "pacs", "servers", 1, "Windows Server 2022", "00:50:56", "hl7", "ehr"],
  ["ehr_interface", "support", "Lyniate", "Rhapsody", "rhapsody", "servers", 1, "Linux", "00:50:56", "tls", "servers"],
  [
    "laboratory_information_system",
    "support",
    "Dedalus",
    "xLab",
    "lis",
    "servers",
    1,
    "Windows Server 2019",
    "00:50:56",
    "hl7",
    "ehr",
  ],
  [
    "infusion_server",
    "support",
    "BD",
    "Alaris Systems Manager",
    "asm",
    "servers",
    1,
    "Windows Server 2016",
    "00:50:56",
    "hl7",
    "ehr",
  ],
  [
    "dicom_printer",
    "support",
    "Carestream",
    "DRYVIEW 5950",
    "film",
    "radiology",
    1,
    "Linux",
    "00:60:b0",
    "dicom",
    "pacs",
  ],
  [
    "workstation",
    "non_clinical",
    "Dell",
    "OptiPlex 7090",
    "ws",
    "office",
    9,
    "Windows 11",
    "d8:9e:f3",
    "tls",
    "outside",
  ],
  ["printer", "non_clinical", "HP", "LaserJet M507", "prn", "office", 3, null, "3c:2a:f4", "snmp", "office"],
  ["ip_phone", "non_clinical", "Cisco", "CP-8841", "sep", "office", 4, null, "00:8e:73", "sip", "nurse"],
  ["ip_camera", "non_clinical", "Axis", "P3245-V", "cam", "building", 3, "Linux", "ac:cc:8e", "rtsp", "building"],
  [
    "building_controller",
    "non_clinical",
    "Siemens",
    "Desigo PXC4",
    "pxc",
    "building",
    3,
    null,
    "00:a0:03",
    "bacnet",
    "building",
  ],
  [
    "switch",
    "non_clinical",
    "Cisco",
    "Catalyst 9300",
    "sw",
    "servers",
    3,
    "IOS XE 17.9",
    "00:2a:6a",
    "snmp",
    "servers",
  ],
  [null, "unknown", null, null, null, "icu", 4, null, "00:80:a3", "unknown", "outside"],
  [null, "unknown", null, null, null, "ward", 3, null, "b8:27:eb", "tls", "outside"],
  [null, "unknown", "Moxa", "NPort 5110", "moxa", "lab", 2, null, "00:90:e8", "modbus", "lis"],
  [null, "unknown", null, null, null, "outside", 4, null, null, "tls", "office"],
];

// What a browser must show and never run.
export const HOSTILE = [
  "<img src=x onerror=globalThis.owned=1>",
  '"><script>globalThis.owned=1</script>',
  "javascript:globalThis.owned=1",
  "<svg/onload=globalThis.owned=1>",
  "'-globalThis.owned=1-'",
  "{{constructor.constructor('globalThis.owned=1')()}}",
  '=HYPERLINK("http://evil.example","click")',
  "</title><iframe srcdoc='<script>parent.owned=1</script>'>",
  "\u202Etxt.exe\u202C RLO-PUMP",
  `${"W".repeat(200)}<details open ontoggle=globalThis.owned=1>`,
];

const SERVERS = {
  gateway: "medical_gateway",
  pumps: "infusion_server",
  nurse: "nurse_call",
  central: "central_station",
  ehr: "ehr_interface",
  pacs: "pacs",
  lis: "laboratory_information_system",
  telephone: "ip_phone",
};

const SPEECH = {
  hl7: { transport: "tcp", port: 2575, protocol: "hl7", clear: true, patient: true, weak: ["cleartext_patient_data"] },
  dicom: {
    transport: "tcp",
    port: 104,
    protocol: "dicom",
    clear: true,
    patient: true,
    weak: ["cleartext_patient_data", "no_authentication"],
  },
  "dicom-tls": { transport: "tcp", port: 2762, protocol: "dicom", clear: false, patient: true, weak: [] },
  astm: {
    transport: "tcp",
    port: 4000,
    protocol: "astm",
    clear: true,
    patient: true,
    weak: ["cleartext_patient_data"],
  },
  poct1a: {
    transport: "tcp",
    port: 3001,
    protocol: "poct1a",
    clear: true,
    patient: true,
    weak: ["cleartext_patient_data"],
  },
  intellivue: {
    transport: "udp",
    port: 24105,
    protocol: "intellivue",
    clear: true,
    patient: true,
    weak: ["cleartext_patient_data"],
  },
  http: { transport: "tcp", port: 80, protocol: "http", clear: true, patient: false, weak: ["cleartext_management"] },
  tls: { transport: "tcp", port: 443, protocol: "tls", clear: false, patient: false, weak: [] },
  mqtt: { transport: "tcp", port: 1883, protocol: "mqtt", clear: true, patient: false, weak: ["no_authentication"] },
  sip: { transport: "udp", port: 5060, protocol: "sip", clear: true, patient: false, weak: [] },
  snmp: {
    transport: "udp",
    port: 161,
    protocol: "snmp",
    clear: true,
    patient: false,
    weak: ["default_community", "cleartext_management"],
  },
  rtsp: { transport: "tcp", port: 554, protocol: "rtsp", clear: true, patient: false, weak: ["anonymous_access"] },
  bacnet: {
    transport: "udp",
    port: 47808,
    protocol: "bacnet",
    clear: true,
    patient: false,
    weak: ["unauthenticated_control"],
  },
  modbus: {
    transport: "tcp",
    port: 502,
    protocol: "modbus",
    clear: true,
    patient: false,
    weak: ["unauthenticated_control"],
  },
  smb: { transport: "tcp", port: 445, protocol: "smb", clear: true, patient: false, weak: ["smb1", "ntlm"] },
  telnet: {
    transport: "tcp",
    port: 23,
    protocol: "telnet",
    clear: true,
    patient: false,
    weak: ["cleartext_management", "cleartext_credentials"],
  },
  dns: { transport: "udp", port: 53, protocol: "dns", clear: true, patient: false, weak: [] },
  unknown: { transport: "tcp", port: 9100, protocol: null, clear: true, patient: false, weak: [] },
};

const EFFECT = {
  ventilator: ["alarms_lost", "seconds"],
  anesthesia_machine: ["alarms_lost", "seconds"],
  dialysis_machine: ["therapy_continues_locally", "minutes"],
  infusion_pump: ["therapy_continues_locally", "minutes"],
  hospital_bed: ["alarms_lost", "minutes"],
  patient_monitor: ["alarms_lost", "seconds"],
  central_station: ["alarms_lost", "seconds"],
  nurse_call: ["alarms_lost", "seconds"],
  medical_gateway: ["alarms_lost", "minutes"],
  ct_scanner: ["images_delayed", "hours"],
  mr_scanner: ["images_delayed", "hours"],
  ultrasound: ["images_delayed", "hours"],
  x_ray: ["images_delayed", "hours"],
  modality_workstation: ["images_delayed", "hours"],
  lab_analyzer: ["orders_delayed", "hours"],
  poct_analyzer: ["orders_delayed", "minutes"],
  ecg_device: ["orders_delayed", "hours"],
  pacs: ["images_delayed", "hours"],
  ehr_interface: ["orders_delayed", "minutes"],
  laboratory_information_system: ["orders_delayed", "hours"],
  infusion_server: ["therapy_continues_locally", "hours"],
  dicom_printer: ["images_delayed", "hours"],
  workstation: ["no_effect", "days"],
  printer: ["no_effect", "days"],
  ip_camera: ["no_effect", "days"],
};
const OWNERS = {
  icu: "ICU charge nurse",
  theatre: "Theatre coordinator",
  radiology: "Lead radiographer",
  lab: "Laboratory manager",
  servers: "IT operations",
};
const ROOMS = {
  icu: "ICU, bed",
  theatre: "Theatre",
  ward: "Ward 3, room",
  radiology: "Radiology, room",
  lab: "Laboratory, bench",
  servers: "Data centre, rack",
  office: "Floor 1, office",
  building: "Plant room",
};

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** The whole hospital as it is at `now`. */
export function hospital({ seed = 7, now = Date.now() } = {}) {
  const rng = random(seed);
  const iso = (t) => new Date(t).toISOString();
  const id = (prefix) => `${prefix}_0198${rng.hex(4)}-${rng.hex(4)}-7${rng.hex(3)}-a${rng.hex(3)}-${rng.hex(12)}`;
  const devices = [];
  const hosts = {};
  for (const [type, cls, manufacturer, model, base, zone, count, os, oui, says, to] of KINDS) {
    for (let n = 1; n <= count; n += 1) {
      const z = ZONES.find((each) => each.id === zone);
      hosts[zone] = (hosts[zone] ?? 10) + 1;
      const first = now - rng.pick([40 * DAY, 32 * DAY, 18 * DAY, 9 * DAY, 3 * DAY]) - rng.below(DAY);
      devices.push({
        id: id("dev"),
        name: base && `${base}-${String(n).padStart(2, "0")}`,
        manufacturer,
        model,
        device_type: type,
        clinical_class: cls,
        os: rng.chance(0.9) ? os : null,
        ips: [`${z.net}.${hosts[zone]}`],
        macs: oui ? [`${oui}:${rng.hex(2)}:${rng.hex(2)}:${rng.hex(2)}`] : [],
        serial: type && rng.chance(0.82) ? serial(rng, manufacturer) : null,
        location: type && ROOMS[zone] && rng.chance(0.75) ? `${ROOMS[zone]} ${1 + rng.below(18)}` : null,
        lifecycle: "in_service",
        quarantined: false,
        labels: [],
        external: zone === "outside",
        weaknesses: [],
        first_seen: iso(first),
        last_seen: iso(now - rng.below(rng.chance(0.9) ? 6 * MINUTE : 3 * DAY)),
        version: 1 + rng.below(9),
        zone,
        says,
        to,
      });
    }
  }
  // The newest wait for approval; a few are elsewhere in their lives.
  devices.forEach((device, place) => {
    if (place % 4 === 1)
      Object.assign(device, {
        lifecycle: "discovered",
        first_seen: iso(now - rng.below(26 * HOUR) - 5 * MINUTE),
        version: 1,
      });
    else if (place % 23 === 5) device.lifecycle = "approved";
    else if (place % 29 === 7) device.lifecycle = "out_of_service";
    else if (place % 41 === 12) device.lifecycle = "retired";
    if (Date.parse(device.last_seen) < Date.parse(device.first_seen))
      device.last_seen = iso(now - rng.below(4 * MINUTE));
  });
  const of = (type, n = 0) => devices.filter((each) => each.device_type === type)[n];
  Object.assign(of("infusion_pump", 0), { serial: "4711-0815-SP", name: "space-01", location: "ICU, bed 4" });
  labelled(devices, of);
  // What comes from the wire may be hostile.
  const victims = devices.filter((each) => each.device_type && !["pacs", "ehr_interface"].includes(each.device_type));
  HOSTILE.forEach((text, place) => {
    const device = victims[(place * 11 + 3) % victims.length];
    device.name = text;
    if (place % 3 === 0) device.location = text;
    if (place % 3 === 1) device.serial = text;
    if (place % 4 === 0) device.model = text;
  });

  const conversations = new Map(devices.map((each) => [each.id, []]));
  const talk = (from, to, speech, scale = 1) => {
    const s = SPEECH[speech];
    const flows = 1 + rng.below(240 * scale);
    const bytes = [flows * (200 + rng.below(9000)), flows * (120 + rng.below(4000))];
    const seen = {
      flows,
      encrypted: !s.clear,
      patient_data: s.patient,
      cleartext_clinical: s.clear && s.patient,
      weaknesses: s.weak,
      transport: s.transport,
      port: s.port,
      protocol: s.protocol,
      first_seen: from.first_seen,
      last_seen: from.last_seen,
    };
    const peer = (d) => ({ device: d.id, ip: d.ips[0] ?? null, mac: d.macs[0] ?? null, name: d.name });
    conversations.get(from.id).push({ peer: peer(to), direction: "out", ...seen, bytes });
    conversations.get(to.id).push({ peer: peer(from), direction: "in", ...seen, bytes: [bytes[1], bytes[0]] });
    for (const weak of s.weak) for (const d of [from, to]) if (!d.weaknesses.includes(weak)) d.weaknesses.push(weak);
  };
  for (const device of devices) {
    const server = SERVERS[device.to]
      ? of(SERVERS[device.to])
      : rng.pick(devices.filter((each) => each.zone === device.to && each !== device));
    if (server && server !== device) talk(device, server, device.says);
    if (device.zone !== "outside")
      talk(device, of("switch", 0) === device ? of("switch", 1) : of("switch", 0), "dns", 0.4);
    if (/^Windows (XP|7)/.test(device.os ?? "")) talk(device, of("pacs"), "smb", 0.2);
    if (device.device_type === "ct_scanner")
      talk(
        device,
        devices.find((each) => each.external),
        "tls",
        0.1,
      );
    if (device.device_type === "lab_analyzer")
      talk(rng.pick(devices.filter((each) => each.device_type === "workstation")), device, "telnet", 0.1);
    if (device.device_type === "mr_scanner") talk(device, of("dicom_printer"), "dicom", 0.2);
    if (device.device_type === "workstation") talk(device, of("ehr_interface"), "tls");
  }

  const changes = [];
  const record = (device, at, actor, kind, what, before, after, why, request = null) =>
    changes.push({
      id: id("chg"),
      device: device.id,
      device_name: device.name,
      device_address: device.ips[0] ?? device.macs[0] ?? null,
      at: iso(at),
      actor,
      kind,
      what,
      before,
      after,
      why,
      request,
    });
  const asserted = new Map(devices.map((each) => [each.id, []]));
  for (const device of devices) {
    const first = Date.parse(device.first_seen);
    record(
      device,
      first,
      { kind: "system", name: null },
      "discovered",
      "lifecycle",
      null,
      "discovered",
      "first frame seen",
    );
    if (device.device_type)
      record(
        device,
        first + 40_000,
        { kind: "rule", name: `${device.device_type.replaceAll("_", "-")}-class` },
        "attribute",
        "device_type",
        null,
        device.device_type,
        "fingerprint rule matched",
      );
    if (device.lifecycle !== "discovered") {
      const steps = {
        approved: ["approved"],
        in_service: ["approved", "in_service"],
        out_of_service: ["approved", "in_service", "out_of_service"],
        retired: ["approved", "in_service", "retired"],
      }[device.lifecycle];
      let before = "discovered";
      steps.forEach((to, n) => {
        record(
          device,
          first + (n + 1) * 5 * HOUR,
          { kind: "person", name: rng.pick(["m.okafor", "j.lindqvist"]) },
          "lifecycle",
          "lifecycle",
          before,
          to,
          to === "out_of_service" ? "battery failed its test, work order 22817" : "inventory audit, spring",
          id("req"),
        );
        before = to;
      });
    }
    if (rng.chance(0.14) && device.location) {
      asserted.get(device.id).push({
        attribute: "location",
        value: `${ROOMS[device.zone]} ${1 + rng.below(18)}`,
        source: "import cmms",
        by: "cmms-import",
        at: iso(first + 2 * HOUR),
        why: "CMMS import of the equipment list",
      });
    }
    if (rng.chance(0.06))
      record(
        device,
        now - rng.below(20 * HOUR),
        { kind: "rule", name: "dhcp-hostname" },
        "attribute",
        "os",
        "Windows 7",
        device.os ?? "Windows 10",
        "the device says another system than before",
      );
  }
  marked(of("x_ray"), record, now, id("req"));
  changes.sort((a, b) => b.at.localeCompare(a.at));
  return {
    devices,
    conversations,
    changes,
    asserted,
    sensors: sensors(now, devices),
    evidence: (device) => evidence(device, seed),
    clinical,
    now,
  };
}

function serial(rng, manufacturer) {
  if (manufacturer === "Philips") return `DE${rng.digits(8)}`;
  if (manufacturer === "Dräger") return `ASF${rng.pick("HJKL")}-${rng.digits(4)}`;
  if (manufacturer === "GE HealthCare") return `SK${rng.digits(9)}HA`;
  return rng.digits(8);
}

function sensors(now, devices) {
  const iso = (t) => new Date(t).toISOString();
  const enrolment = {
    enrolled_at: iso(now - 60 * 24 * 60 * MINUTE),
    enrolled_by: "admin",
    certificate_ends: iso(now + 30 * 24 * 60 * MINUTE),
    revoked: null,
  };
  return [
    {
      id: "sen_core",
      name: "Core switch, port 48",
      state: "connected",
      last_seen: iso(now),
      frames: 48_211_906,
      dropped: 0,
      dropped_share: 0,
      blind_spots: [],
    },
    {
      id: "sen_icu",
      name: "ICU floor 2",
      state: "connected",
      last_seen: iso(now),
      frames: 9_420_118,
      dropped: 4_821,
      dropped_share: 0.00051,
      backlog: { batches: 3, bytes: 214_880, given_up_batches: 0, given_up_frames: 0 },
      enrolment,
      blind_spots: [
        "one direction only: answers of 10.20.1.0/24 are not mirrored",
        "VLAN 214 is announced by the switch but no frame of it was seen",
      ],
    },
    {
      id: "sen_lab",
      name: HOSTILE[0],
      state: "silent",
      last_seen: iso(now - 47 * MINUTE),
      frames: 1_204_553,
      lost_batches: 12,
      backlog: { batches: 0, bytes: 0, given_up_batches: 0, given_up_frames: 0 },
      enrolment: { ...enrolment },
      dropped: 0,
      dropped_share: 0,
      blind_spots: [
        `nothing since ${iso(now - 47 * MINUTE)}: ${devices.filter((d) => d.zone === "lab").length} devices are known only through it`,
      ],
    },
  ].map((each) => ({ last_heard: each.last_seen, lost_batches: 0, backlog: null, enrolment: null, ...each }));
}

function clinical(device) {
  const [network_loss_effect, reaction_time] = EFFECT[device.device_type] ?? ["unknown", "unknown"];
  const patient_state = ["ventilator", "patient_monitor", "infusion_pump"].includes(device.device_type)
    ? device.id.charCodeAt(12) % 3 === 0
      ? "idle"
      : device.id.charCodeAt(12) % 3 === 1
        ? "connected"
        : "unknown"
    : "unknown";
  return {
    class: device.clinical_class,
    network_loss_effect,
    reaction_time,
    patient_state,
    owner: OWNERS[device.zone] ?? null,
  };
}

/** What was derived about a device, with its reasons. */
function evidence(device, seed) {
  const rng = random(seed ^ Number.parseInt(device.id.slice(8, 12), 16) ^ Number.parseInt(device.id.slice(-6), 16));
  const sensor = device.zone === "icu" ? "sen_icu" : device.zone === "lab" ? "sen_lab" : "sen_core";
  const reason = (field, seen, rule, weight) => ({ frame: 1 + rng.below(900_000), field, seen, rule, weight, sensor });
  const value = (text, ...reasons) => ({
    value: text,
    confidence: Math.min(0.99, Math.round((1 - reasons.reduce((all, each) => all * (1 - each.weight), 1)) * 100) / 100),
    evidence: reasons.sort((a, b) => b.weight - a.weight),
  });
  const slug = (device.model ?? "unknown")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .slice(0, 24);
  const says = {
    hl7: ["hl7.msh.sending_application", (device.model ?? "").toUpperCase().slice(0, 15)],
    dicom: ["dicom.assoc.calling_ae", `${(device.device_type ?? "x").toUpperCase().slice(0, 8)}_AE1`],
    "dicom-tls": ["tls.handshake.server_name", "pacs.hospital.example"],
    http: ["http.user_agent", `${device.model}/3.2`],
    snmp: ["snmp.sysdescr", `${device.manufacturer} ${device.model}`],
    bacnet: ["bacnet.vendor_identifier", "7"],
    sip: ["sip.user_agent", `${device.manufacturer}-${device.model}`],
  }[device.says];
  const attributes = {};
  if (device.manufacturer) {
    attributes.manufacturer = [
      value(
        device.manufacturer,
        reason("eth.addr.oui_resolved", device.manufacturer, "oui-maker", 0.55),
        ...(says ? [reason(says[0], says[1], `${slug}-speaks`, 0.8)] : []),
      ),
    ];
    if (rng.chance(0.12))
      attributes.manufacturer.push(value("Lantronix", reason("eth.addr.oui_resolved", "Lantronix", "oui-maker", 0.25)));
  }
  if (device.model)
    attributes.model = [
      value(
        device.model,
        reason("dhcp.option.vendor_class_id", device.model, `${slug}-class`, 0.8),
        ...(says ? [reason(says[0], says[1], `${slug}-speaks`, 0.6)] : []),
      ),
    ];
  if (device.device_type)
    attributes.device_type = [
      value(
        device.device_type,
        reason("dhcp.option.vendor_class_id", device.model, `${slug}-class`, 0.8),
        ...(says ? [reason(says[0], says[1], `${device.says}-role`, 0.4)] : []),
      ),
    ];
  if (device.os)
    attributes.os = [
      value(
        device.os,
        reason("dhcp.option.request_list_item", "1,15,3,6,44,46,47,31,33,121,249,43", "dhcp-fingerprint", 0.7),
        reason("tcp.options.syn", "mss,nop,ws,nop,nop,sok", "syn-shape", 0.3),
      ),
    ];
  if (device.serial)
    attributes.serial = [
      value(device.serial, reason("hl7.obx.equipment_instance", device.serial, "hl7-equipment-serial", 0.9)),
    ];
  if (device.name)
    attributes.hostname = [
      value(
        device.name,
        reason("dhcp.option.hostname", device.name, "dhcp-hostname", 0.9),
        reason("dns.resp.name", device.name, "dns-name", 0.5),
      ),
    ];
  if (device.location)
    attributes.location = [value(device.location, reason("lldp.location", device.location, "lldp-location", 0.6))];
  if (device.device_type)
    attributes.firmware_version = [
      value(
        `${1 + rng.below(6)}.${rng.below(10)}.${rng.below(20)}`,
        reason("dhcp.option.vendor_class_id", `${device.model};fw`, `${slug}-class`, 0.8),
      ),
    ];
  if (says && device.says === "dicom")
    attributes.ae_title = [value(says[1], reason(says[0], says[1], "dicom-ae-title", 0.95))];
  attributes.service_used = [
    value(
      device.says === "unknown" ? "tcp/9100" : device.says,
      reason("flow.service", device.says, "flow-service", 0.9),
    ),
  ];
  return attributes;
}
