// The routes of Admin: they behave as those of the hub do, with its refusals.
import { randomUUID } from "node:crypto";
import { HOSTILE, ZONES } from "./hospital.mjs";
import { page, select } from "./query.mjs";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const MEMBER = ["answers", "audits", "models", "record", "windows"];
const MAY = { admin: [...MEMBER, "accounts", "backups", "sensors"], engineer: MEMBER, viewer: [] };
const OUTCOMES = ["confirmed", "not_found", "wrong"];
const ago = (milliseconds) => new Date(Date.now() - milliseconds).toISOString();

/** What was refused: its status, what is wrong, and where. */
class Refusal extends Error {
  constructor(status, title, detail, pointer) {
    super(detail);
    Object.assign(this, { status, title, errors: pointer ? [{ pointer, detail }] : [] });
  }
}
const wrong = (pointer, detail) => new Refusal(422, "request refused", detail, pointer);
const missing = (detail) => new Refusal(404, "not found", detail);
const needed = (text, pointer, detail) => {
  if (typeof text !== "string" || text.trim() === "") throw wrong(pointer, detail ?? "must not be empty");
  return text.trim();
};
const time = (text, pointer) => {
  const at = Date.parse(text);
  if (Number.isNaN(at)) throw new Refusal(400, "request not understood", "no time as in RFC 3339", pointer);
  return at;
};

/** The state of Admin and its routes; `passwords` are those of the accounts. */
export function admin({ world, tell, empty, password }) {
  const passwords = new Map();
  const account = (name, role, days, visit) => {
    passwords.set(name, password);
    return { name, role, created: ago(days * DAY), last_visit: visit, version: 1 };
  };
  const users = [account("admin", "admin", 200, ago(HOUR))];
  if (!empty) {
    users.push(account("ines.engineer", "engineer", 180, ago(26 * HOUR)), account("vera.viewer", "viewer", 12, null));
  }
  const windows = [];
  const campaigns = [];
  const models = [];
  const backups = [];
  const record = [];
  const operations = new Map();
  const tokens = new Map();
  const answers = new Map();
  const passing = (filter) => select(world.listed(), new URLSearchParams(filter ? { filter } : {}), ZONES);

  const begin = ({ name, filter, due, every_days = null }, at = new Date().toISOString()) => {
    const items = passing(filter).map((each) => ({ device: each.id, outcome: null, note: null, by: null, at: null }));
    const made = { id: `aud_${randomUUID()}`, name, filter, due, every_days, at, signed_off: null, items };
    campaigns.push(made);
    return made;
  };
  const view = ({ items, ...rest }) => {
    const count = (outcome) => items.filter((each) => each.outcome === outcome).length;
    return {
      ...rest,
      overdue: !rest.signed_off && Date.parse(rest.due) <= Date.now(),
      progress: {
        total: items.length,
        open: count(null),
        confirmed: count("confirmed"),
        not_found: count("not_found"),
        wrong: count("wrong"),
      },
    };
  };
  const shown = (window) => ({
    ...window,
    open: !window.cancelled && Date.parse(window.from) <= Date.now() && Date.now() < Date.parse(window.to),
  });
  const said = (defaults, by, why, at = new Date().toISOString()) =>
    Object.entries(defaults).map(([attribute, value]) => ({ attribute, value, source: "person", by, at, why }));
  const note = (kind, subject, what, before, after, why, user) =>
    record.unshift({
      id: `sch_${randomUUID()}`,
      kind,
      subject,
      at: new Date().toISOString(),
      actor: { kind: "person", name: user.name },
      what,
      before,
      after,
      why,
      request: `req_${randomUUID()}`,
    });
  if (!empty) fill();
  world.campaigns = campaigns;

  /** What a hospital has after some months. */
  function fill() {
    const window = (name, filter, from, to, rest = {}) =>
      windows.push({
        id: `win_${randomUUID()}`,
        name,
        filter,
        what: [],
        from: ago(-from),
        to: ago(-to),
        by: "ines.engineer",
        at: ago(6 * DAY),
        why: "announced by the manufacturer",
        cancelled: null,
        ...rest,
      });
    window("Switch exchange in radiology", 'zone="Radiology"', -HOUR, 3 * HOUR);
    window("Firmware of the pumps", "type=infusion_pump", 2 * DAY, 2 * DAY + 4 * HOUR, { what: ["firmware_version"] });
    window(HOSTILE[0], "", -9 * DAY, -8 * DAY, { why: HOSTILE[1] });
    window("Ultrasound update", "type=ultrasound", 4 * DAY, 5 * DAY, { cancelled: ago(DAY) });
    const late = begin({ name: "Inventory of the ICU", filter: "zone=icu", due: ago(3 * DAY), every_days: 365 });
    for (const [place, each] of late.items.entries())
      if (place % 3 > 0)
        Object.assign(each, {
          outcome: OUTCOMES[place % 7 === 0 ? 2 : place % 5 === 0 ? 1 : 0],
          note: place % 7 === 0 ? "another serial number on the plate" : null,
          by: "ines.engineer",
          at: ago(2 * DAY),
        });
    begin({ name: "Pumps with recalled batteries", filter: "type=infusion_pump", due: ago(-20 * DAY) });
    const past = begin({ name: HOSTILE[2], filter: "type=patient_monitor", due: ago(40 * DAY) }, ago(90 * DAY));
    for (const each of past.items) Object.assign(each, { outcome: "confirmed", by: "admin", at: ago(50 * DAY) });
    past.signed_off = { by: "admin", at: ago(45 * DAY), note: HOSTILE[3] };
    const model = (manufacturer, name, defaults) =>
      models.push({
        id: `mdl_${randomUUID()}`,
        manufacturer,
        model: name,
        defaults: said(defaults, "ines.engineer", "manual, edition 7", ago(30 * DAY)),
        version: 3,
      });
    model("Dräger", "Evita V800", {
      clinical_class: "life_sustaining",
      network_loss_effect: "alarms_lost",
      reaction_time: "seconds",
      clinical_owner: "Intensive care",
      permission_passive_only: "Security white paper 9300562, page 14",
    });
    model("Philips", "IntelliVue MX750", { clinical_class: "monitoring_alarm" });
    model(HOSTILE[0], HOSTILE[4] ?? HOSTILE[1], { clinical_owner: HOSTILE[0] });
    for (const days of [1, 8]) backups.push({ id: `bak_${randomUUID()}`, created: ago(days * DAY), bytes: 48_100_223 });
    const why = "started in biomed";
    note("account", "vera.viewer", "role", null, "viewer", why, { name: "admin" });
    note("account", HOSTILE[0], "role", "viewer", "engineer", HOSTILE[1], { name: "admin" });
  }

  const find = (list, id, what) => {
    const found = list.find((each) => (each.id ?? each.name) === id);
    if (!found) throw missing(`there is no ${what} \`${id}\``);
    return found;
  };
  const versioned = (thing, header) => {
    if (header !== `"${thing.version}"`)
      throw new Refusal(412, "changed meanwhile", "somebody changed this; look at it again");
    thing.version += 1;
  };
  const secret = (text) => {
    if (typeof text !== "string" || text.length < 12 || text.length > 1024)
      throw wrong("/password", "a password has 12 to 1024 bytes");
    return text;
  };
  const pageOf = (list, params, show = (each) => each) => {
    const { slice, next } = page(list, params);
    return { items: slice.map(show), next_cursor: next };
  };

  const routes = [
    [
      "POST",
      /^\/sensors\/enrolments$/,
      "sensors",
      ({ body }) => {
        const name = needed(body.name, "/name", "name the sensor, in at most 64 bytes");
        const made = {
          sensor: `sen_${randomUUID()}`,
          name,
          token: `bedrail-${randomUUID()}${randomUUID()}`,
          expires_at: ago(-HOUR),
        };
        tokens.set(made.token, made);
        return [201, made];
      },
    ],
    [
      "GET",
      /^\/sensors\/enrolments$/,
      "sensors",
      () => {
        const open = [...tokens.values()].reverse().map(({ token, ...rest }) => ({ ...rest, made_by: "admin" }));
        return [200, { items: open }];
      },
    ],
    [
      "DELETE",
      /^\/sensors\/enrolments\/([^/]+)$/,
      "sensors",
      ({ id }) => {
        const made = [...tokens.values()].find((each) => each.sensor === id);
        if (!made) throw missing(`no token waits for a sensor \`${id}\``);
        tokens.delete(made.token);
        return [204, null];
      },
    ],
    [
      "POST",
      /^\/sensors\/([^/]+)\/revoke$/,
      "sensors",
      ({ id, body, user }) => {
        const sensor = world.sensors.find((each) => each.id === id && each.enrolment);
        if (!sensor) throw missing(`no sensor \`${id}\` was enrolled here`);
        const why = needed(body.why, "/why");
        sensor.enrolment.revoked = { at: new Date().toISOString(), by: user.name, why };
        sensor.state = "revoked";
        sensor.blind_spots = ["it was revoked; what only it saw is no longer seen"];
        tell("summary", {});
        return [200, sensor];
      },
    ],
    ["GET", /^\/users$/, "accounts", () => [200, { items: users }]],
    [
      "POST",
      /^\/users$/,
      "accounts",
      ({ body, user }) => {
        const name = needed(body.name, "/name");
        if (!/^[a-z0-9._@-]{1,64}$/.test(name))
          throw wrong("/name", "a name has 1 to 64 small letters, digits and `.`, `-`, `_`, `@`");
        if (users.some((each) => each.name === name))
          throw new Refusal(409, "conflict", `there is a user \`${name}\` already`);
        const why = needed(body.why, "/why");
        passwords.set(name, secret(body.password));
        const made = { name, role: body.role, created: new Date().toISOString(), last_visit: null, version: 1 };
        users.push(made);
        note("account", name, "role", null, body.role, why, user);
        return [200, made];
      },
    ],
    [
      "PUT",
      /^\/users\/([^/]+)\/role$/,
      "accounts",
      ({ id, body, user, match }) => {
        const one = find(users, id, "user");
        const why = needed(body.why, "/why");
        if (one.role === "admin" && body.role !== "admin" && users.filter((each) => each.role === "admin").length === 1)
          throw new Refusal(409, "conflict", `\`${id}\` is the last administrator; make another one first`);
        versioned(one, match);
        note("account", id, "role", one.role, body.role, why, user);
        one.role = body.role;
        return [200, one];
      },
    ],
    [
      "PUT",
      /^\/users\/([^/]+)\/password$/,
      "accounts",
      ({ id, body, user, match, end }) => {
        const one = find(users, id, "user");
        const why = needed(body.why, "/why");
        const fresh = secret(body.password);
        versioned(one, match);
        passwords.set(id, fresh);
        note("account", id, "password", null, null, why, user);
        end(id);
        return [200, one];
      },
    ],
    [
      "GET",
      /^\/change-windows$/,
      null,
      ({ params }) => [
        200,
        pageOf(
          [...windows].sort((a, b) => b.to.localeCompare(a.to)),
          params,
          shown,
        ),
      ],
    ],
    [
      "POST",
      /^\/change-windows$/,
      "windows",
      ({ body, user }) => {
        const [name, why] = [needed(body.name, "/name"), needed(body.why, "/why")];
        if (time(body.to, "/to") <= time(body.from, "/from")) throw wrong("/to", "it is not after `from`");
        passing(body.filter);
        const { filter, from, to, what = [] } = body;
        const made = {
          id: `win_${randomUUID()}`,
          name,
          filter,
          what,
          from,
          to,
          by: user.name,
          at: new Date().toISOString(),
          why,
          cancelled: null,
        };
        windows.push(made);
        note("change_window", name, "window", null, filter || "all devices", why, user);
        return [200, shown(made)];
      },
    ],
    [
      "POST",
      /^\/change-windows\/([^/]+)\/cancel$/,
      "windows",
      ({ id, body, user }) => {
        const one = find(windows, id, "window");
        const why = needed(body.why, "/why");
        if (one.cancelled) throw new Refusal(409, "conflict", "the window is cancelled already");
        one.cancelled = new Date().toISOString();
        note("change_window", one.name, "cancelled", null, one.cancelled, why, user);
        return [200, shown(one)];
      },
    ],
    [
      "GET",
      /^\/campaigns$/,
      null,
      ({ params }) => {
        const all = campaigns.map(view).sort((a, b) => a.due.localeCompare(b.due));
        return [200, pageOf(params.get("overdue") === "true" ? all.filter((each) => each.overdue) : all, params)];
      },
    ],
    [
      "POST",
      /^\/campaigns$/,
      "audits",
      ({ body, user }) => {
        const [name, why] = [needed(body.name, "/name"), needed(body.why, "/why")];
        if (time(body.due, "/due") <= Date.now()) throw wrong("/due", "it is not in the future");
        const made = begin({ ...body, name });
        note("campaign", name, "begun", null, body.filter || "all devices", why, user);
        return [200, view(made)];
      },
    ],
    ["GET", /^\/campaigns\/([^/]+)$/, null, ({ id }) => [200, view(find(campaigns, id, "campaign"))]],
    [
      "GET",
      /^\/campaigns\/([^/]+)\/items$/,
      null,
      ({ id, params }) => {
        const open = params.get("open");
        const items = find(campaigns, id, "campaign").items.map((each) => ({ id: each.device, ...each }));
        const wanted = items.filter((each) => open === null || (each.outcome === null) === (open === "true"));
        return [200, pageOf(wanted, params, ({ id: _, ...item }) => item)];
      },
    ],
    [
      "POST",
      /^\/campaigns\/([^/]+)\/answers$/,
      "answers",
      ({ id, body, user }) => {
        const one = find(campaigns, id, "campaign");
        if (one.signed_off) throw new Refusal(409, "conflict", "the audit is signed off");
        for (const [place, { device, outcome, note: text = "" }] of body.answers.entries()) {
          const item = one.items.find((each) => each.device === device);
          if (!item) throw wrong(`/answers/${place}/device`, "the device is not in this audit");
          if (outcome === "wrong") needed(text, `/answers/${place}/note`, "say what is wrong, in at most 2000 bytes");
          Object.assign(item, { outcome, note: text || null, by: user.name, at: new Date().toISOString() });
        }
        return [200, view(one)];
      },
    ],
    [
      "POST",
      /^\/campaigns\/([^/]+)\/sign-off$/,
      "audits",
      ({ id, body, user }) => {
        const one = find(campaigns, id, "campaign");
        const why = needed(body.why, "/why");
        const open = view(one).progress.open;
        if (open > 0) throw new Refusal(409, "conflict", `${open} devices are open`);
        one.signed_off = { by: user.name, at: new Date().toISOString(), note: why };
        note("campaign", one.name, "signed_off", null, user.name, why, user);
        const next = one.every_days === null ? null : view(begin({ ...one, due: ago(-one.every_days * DAY) }));
        return [200, { campaign: view(one), next }];
      },
    ],
    ["GET", /^\/models$/, null, ({ params }) => [200, pageOf(models, params)]],
    [
      "POST",
      /^\/models$/,
      "models",
      ({ body, user }) => {
        const manufacturer = needed(body.manufacturer, "/manufacturer");
        const name = needed(body.model, "/model");
        const why = needed(body.why, "/why");
        if (models.some((each) => each.manufacturer === manufacturer && each.model === name))
          throw new Refusal(409, "conflict", "this model has defaults already");
        const made = {
          id: `mdl_${randomUUID()}`,
          manufacturer,
          model: name,
          defaults: said(body.defaults, user.name, why),
          version: 1,
        };
        models.push(made);
        note("device_model", `${manufacturer} ${name}`, "model", null, name, why, user);
        return [200, made];
      },
    ],
    [
      "PATCH",
      /^\/models\/([^/]+)$/,
      "models",
      ({ id, body, user, match }) => {
        const one = find(models, id, "model");
        const why = needed(body.why, "/why");
        if (body.defaults.maintenance_window && !/^[a-z,]+ \d\d:\d\d-\d\d:\d\d/.test(body.defaults.maintenance_window))
          throw wrong("/defaults/maintenance_window", "times of the week look like `sun 02:00-04:00`");
        versioned(one, match);
        for (const [attribute, value] of Object.entries(body.defaults)) {
          const before = one.defaults.find((each) => each.attribute === attribute)?.value ?? null;
          one.defaults = one.defaults.filter((each) => each.attribute !== attribute);
          if (value !== null) one.defaults.push(...said({ [attribute]: value }, user.name, why));
          note("device_model", `${one.manufacturer} ${one.model}`, attribute, before, value, why, user);
        }
        return [200, one];
      },
    ],
    ["GET", /^\/backups$/, "backups", () => [200, { items: backups }]],
    [
      "POST",
      /^\/backups$/,
      "backups",
      ({ body }) => {
        const { recipients = [], passphrase } = body;
        if (recipients.length === 0 && (passphrase ?? "").length < 12)
          throw wrong("/passphrase", "a passphrase has at least 12 characters");
        for (const [place, each] of recipients.entries())
          if (!/^age1[0-9a-z]{20,}$/.test(each)) throw wrong(`/recipients/${place}`, `\`${each}\` is no age recipient`);
        const made = {
          id: `op_${randomUUID()}`,
          kind: "backup",
          state: "running",
          created: new Date().toISOString(),
          ended: null,
          made: null,
          problem: null,
        };
        operations.set(made.id, made);
        setTimeout(() => {
          const backup = { id: `bak_${randomUUID()}`, created: new Date().toISOString(), bytes: 48_733_190 };
          backups.unshift(backup);
          operations.set(made.id, { ...made, state: "done", ended: backup.created, made: backup.id });
        }, 400);
        return [202, made];
      },
    ],
    [
      "DELETE",
      /^\/backups\/([^/]+)$/,
      "backups",
      ({ id }) => {
        backups.splice(backups.indexOf(find(backups, id, "backup")), 1);
        return [204, undefined];
      },
    ],
    [
      "GET",
      /^\/operations\/([^/]+)$/,
      null,
      ({ id }) => {
        if (!operations.has(id)) throw missing("there is no operation with this id");
        return [200, operations.get(id)];
      },
    ],
    ["GET", /^\/site-changes$/, "record", ({ params }) => [200, pageOf(record, params)]],
  ];

  return {
    users,
    windows,
    campaigns,
    models,
    passwords,
    secret,
    roleOf: (name) => users.find((each) => each.name === name)?.role,
    /** Answers a request of Admin; false when it is none. */
    async answer({ method, path, params, headers, user, bodyOf, end }, send, refuse) {
      for (const [verb, shape, act, work] of routes) {
        const found = verb === method && shape.exec(path);
        if (!found) continue;
        const needs = { accounts: "manage_accounts", backups: "manage_backups", sensors: "manage_sensors" }[act] ?? act;
        if (act && !MAY[user.role].includes(act)) {
          refuse(403, "forbidden", `this needs the permission \`${needs}\``);
          return true;
        }
        const key = headers["idempotency-key"];
        try {
          if (method === "POST" && !key)
            throw new Refusal(400, "request refused", "the Idempotency-Key header is missing");
          const remembered = method === "POST" ? answers.get(`${user.name} ${key}`) : undefined;
          const result =
            remembered ??
            work({
              id: found[1] && decodeURIComponent(found[1]),
              body: method === "GET" || method === "DELETE" ? undefined : await bodyOf(),
              params,
              user,
              match: headers["if-match"],
              end,
            });
          if (method === "POST") answers.set(`${user.name} ${key}`, result);
          send(...result);
        } catch (error) {
          if (!(error instanceof Refusal)) throw error;
          refuse(error.status, error.title, error.message, error.errors);
        }
        return true;
      }
      return false;
    },
    /** What `bedrail sensor enrol` does with a token; it serves once. */
    enrol(token, by = "admin") {
      const made = tokens.get(token);
      if (!made || !tokens.delete(token)) throw new Error("this token is not valid");
      world.sensors.push({
        id: made.sensor,
        name: made.name,
        state: "waiting",
        last_seen: null,
        last_heard: null,
        frames: 0,
        dropped: 0,
        dropped_share: 0,
        lost_batches: 0,
        blind_spots: ["it was enrolled and has not been heard yet"],
        backlog: { batches: 0, bytes: 0, given_up_batches: 0, given_up_frames: 0 },
        enrolment: {
          enrolled_at: new Date().toISOString(),
          enrolled_by: by,
          certificate_ends: ago(-30 * DAY),
          revoked: null,
        },
      });
      tell("summary", {});
      return made.sensor;
    },
    /** What the first batch of a sensor brings. */
    batch(id, frames) {
      const sensor = world.sensors.find((each) => each.id === id);
      const now = new Date().toISOString();
      Object.assign(sensor, {
        state: "connected",
        last_seen: now,
        last_heard: now,
        frames: sensor.frames + frames,
        blind_spots: [],
      });
      tell("summary", {});
    },
  };
}
