// A hub as it looks after some months of work: what the pictures show is made by acts of its API.
import { ask, askAll } from "./hub.mjs";

const BATCH = 100;
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** An audit that is due then is overdue when the pictures are made; the hub refuses a time that is past. */
export const SOON = 8_000;
const PASSWORD = "only-for-pictures";
const fromNow = (milliseconds) => new Date(Date.now() + milliseconds).toISOString();

/** One act of the API, with the session of the tab. Gives what it answers. */
export function act(tab, path, method, body, version) {
  return tab.evaluate(
    async ([address, verb, content, tag]) => {
      const { csrf_token } = await (await fetch("/api/v1/session")).json();
      const response = await fetch(`/api/v1${address}`, {
        method: verb,
        headers: {
          "content-type": "application/json",
          "x-csrf-token": csrf_token,
          ...(verb === "POST" ? { "idempotency-key": crypto.randomUUID() } : {}),
          ...(tag ? { "if-match": tag } : {}),
        },
        body: JSON.stringify(content),
      });
      const text = await response.text();
      if (!response.ok) throw new Error(`${address}: ${response.status} ${text}`);
      return text ? JSON.parse(text) : null;
    },
    [path, method, body, version],
  );
}

/** Most devices approved and in service, some with an owner and a place; people, windows, audits, models, a backup. */
export async function settle(tab) {
  const devices = await askAll(tab, "/devices?limit=200&sort=name");
  const inside = devices.filter((each) => !each.external);
  const known = inside.filter((_, place) => place % 7 !== 3);
  await approve(tab, known);
  await describe(tab, known);
  await people(tab);
  await windows(tab);
  await models(tab, known);
  await audits(tab);
  await act(tab, "/views", "POST", {
    name: "Windows devices near patients",
    filter: 'os~"Windows" and (class=life_sustaining or class=monitoring_alarm or class=diagnostic)',
    sort: "-last_seen",
    columns: [],
    shared: true,
  });
  await act(tab, "/backups", "POST", { recipients: [], passphrase: "only for the pictures of the pages" });
  return { equipment: equipmentOf(devices) };
}

async function approve(tab, known) {
  for (const [to, why, some] of [
    ["approved", "inventory of November", known],
    ["in_service", "acceptance test passed", known.filter((_, place) => place % 9 !== 2)],
  ])
    for (let from = 0; from < some.length; from += BATCH) {
      const ids = some.slice(from, from + BATCH).map((each) => each.id);
      await act(tab, "/devices/lifecycle", "POST", { ids, to, why });
    }
}

async function describe(tab, known) {
  const bedside = known.filter((each) => ["patient_monitor", "ventilator"].includes(each.device_type));
  for (const [place, device] of bedside.entries()) {
    await stated(tab, device, {
      location: `Intensive care, bed ${place + 1}`,
      biomed_owner: "Biomedical engineering",
      clinical_owner: "ICU charge nurse",
    });
    await act(tab, `/devices/${device.id}/patient-state`, "POST", {
      state: place % 3 === 0 ? "idle" : "connected",
      why: "round of the ward",
    });
  }
  const scanners = known.filter((each) => each.device_type === "ct_scanner");
  for (const [place, device] of scanners.entries())
    await stated(tab, device, { location: `Radiology, room ${place + 1}`, clinical_owner: "Lead radiographer" });
  for (const [label, some] of [
    ["audit-2026", known.filter((_, place) => place % 11 === 4)],
    ["loan", known.filter((_, place) => place % 37 === 5)],
  ])
    for (const each of some) await labelled(tab, each, label);
  const old = known.find((each) => each.device_type === "ultrasound") ?? known[0];
  await versioned(tab, old, "/quarantine", { quarantined: true, why: "calls an address outside, work order 22931" });
}

const tagOf = async (tab, device) => `"${(await ask(tab, `/devices/${device.id}`)).version}"`;

const stated = async (tab, device, asserted) =>
  act(
    tab,
    `/devices/${device.id}`,
    "PATCH",
    { asserted, why: "seen on the round of November" },
    await tagOf(tab, device),
  );

const versioned = async (tab, device, path, body) =>
  act(tab, `/devices/${device.id}${path}`, "PUT", body, await tagOf(tab, device));

async function labelled(tab, device, label) {
  const { labels } = await ask(tab, `/devices/${device.id}`);
  await versioned(tab, device, "/labels", { labels: [...labels, label], why: "for the audit of the year" });
}

async function people(tab) {
  for (const [name, role, why] of [
    ["ines.engineer", "engineer", "clinical engineering"],
    ["jon.engineer", "engineer", "clinical engineering, radiology"],
    ["vera.viewer", "viewer", "infection control"],
  ])
    await act(tab, "/users", "POST", { name, role, password: PASSWORD, why });
}

async function windows(tab) {
  for (const [name, filter, what, from, to, why] of [
    ["Switch exchange in radiology", "class=diagnostic", [], -HOUR, 3 * HOUR, "change request 1187"],
    ["Firmware of the pumps", "type=infusion_pump", ["firmware_version"], 2 * DAY, 2 * DAY + 4 * HOUR, "field notice"],
    ["Ultrasound update", "type=ultrasound", [], 4 * DAY, 4 * DAY + 2 * HOUR, "announced by the manufacturer"],
  ])
    await act(tab, "/change-windows", "POST", { name, filter, what, from: fromNow(from), to: fromNow(to), why });
}

/** What the models of three types mean for a patient. */
async function models(tab, known) {
  for (const [type, defaults] of [
    [
      "patient_monitor",
      {
        clinical_class: "monitoring_alarm",
        network_loss_effect: "alarms_lost",
        reaction_time: "seconds",
        permission_passive_only: "Security white paper, page 14",
      },
    ],
    [
      "ct_scanner",
      {
        clinical_class: "diagnostic",
        network_loss_effect: "images_delayed",
        reaction_time: "hours",
        maintenance_window: "sun 02:00-05:00",
        biomed_owner: "Imaging service",
      },
    ],
    ["ventilator", { clinical_class: "life_sustaining", network_loss_effect: "alarms_lost", reaction_time: "seconds" }],
  ]) {
    const found = new Map(
      known
        .filter((each) => each.device_type === type && each.manufacturer && each.model)
        .map(({ manufacturer, model }) => [`${manufacturer} ${model}`, { manufacturer, model }]),
    );
    if (found.size === 0) throw new Error(`no ${type} with a model`);
    for (const each of found.values())
      await act(tab, "/models", "POST", { ...each, defaults, why: "instructions for use" });
  }
}

/** One that is overdue, one that was just begun, one that is signed off. */
async function audits(tab) {
  const begin = async (name, filter, due, every_days) => {
    const made = await act(tab, "/campaigns", "POST", { name, filter, due: fromNow(due), every_days, why: "yearly" });
    return { id: made.id, items: await askAll(tab, `/campaigns/${made.id}/items?limit=100`) };
  };
  const answer = ({ id }, items, outcomeOf) =>
    act(tab, `/campaigns/${id}/answers`, "POST", {
      answers: items.map(({ device }, place) => {
        const outcome = outcomeOf(place);
        return { device, outcome, ...(outcome === "wrong" ? { note: "another serial number on the plate" } : {}) };
      }),
    });
  await begin("Pumps with recalled batteries", "type=infusion_pump", 20 * DAY, null);
  const done = await begin("Imaging, spring", "type=ct_scanner", 5 * DAY, null);
  await answer(done, done.items, () => "confirmed");
  await act(tab, `/campaigns/${done.id}/sign-off`, "POST", { why: "walked through with radiology" });
  const late = await begin("Intensive care, yearly", "class=life_sustaining or class=monitoring_alarm", SOON, 365);
  const told = late.items.filter((_, place) => place % 3 > 0);
  await answer(late, told, (place) => (place % 13 === 5 ? "not_found" : place % 17 === 3 ? "wrong" : "confirmed"));
}

/** An equipment list as another system has it, with rows that are wrong. */
function equipmentOf(devices) {
  const serials = devices.filter((each) => /^[\w-]+$/.test(each.serial ?? ""));
  const single = serials.filter((each) => serials.filter((twin) => twin.serial === each.serial).length === 1);
  const rows = single
    .slice(0, 12)
    .map(
      ({ serial }, place) =>
        `${serial},Ward ${(place % 4) + 1} room ${place + 3},${place === 4 ? "important" : ""},A-${place + 4711}`,
    );
  return [
    "serial,location,clinical_class,asset tag",
    ...rows.slice(0, 7),
    "SN-0000,Store,,A-4700",
    ...rows.slice(7),
    "",
  ].join("\n");
}
