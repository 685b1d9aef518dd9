// What people do to the inventory: views, labels, marks, merges and splits, imports and exports. It behaves as the hub.
import { randomUUID } from "node:crypto";
import { ZONES } from "./hospital.mjs";
import { parse } from "./language.mjs";
import { page, select, sorted } from "./query.mjs";
import { columnsOf, planOf } from "./table.mjs";

const DETAIL =
  "a mark in the inventory beside the lifecycle; the hub does nothing on the network, so the device still talks";
const CLINICAL = [
  "clinical_class",
  "network_loss_effect",
  "reaction_time",
  "clinical_owner",
  "biomed_owner",
  "maintenance_window",
];
const PATIENT_MS = 600_000;

/** What counts of several statements: a person's before an import's. */
const best = (stated, attribute) => {
  const said = stated.filter((each) => each.attribute === attribute);
  return said.find((each) => each.source === "person") ?? said.sort((a, b) => b.at.localeCompare(a.at))[0];
};

const LISTED = ["name", "manufacturer", "model", "device_type", "clinical_class", "os", "serial", "location"];

/** A device as lists show it: what is stated about it, else what is derived. */
export function shown(device, stated) {
  const said = LISTED.map((attribute) => [attribute, best(stated, attribute)?.value]);
  return { ...device, ...Object.fromEntries(said.filter(([, value]) => value)) };
}

/** Where what is observed and what is stated, or two statements, are at odds. */
export function differences(attributes, stated) {
  const same = (a, b) => a.toLowerCase() === b.toLowerCase();
  return [...new Set(stated.map((each) => each.attribute))].flatMap((attribute) => {
    const seen = attributes[attribute] ?? [];
    const said = stated.filter((each) => each.attribute === attribute);
    const agreed =
      said.every((each) => same(each.value, said[0].value)) &&
      said.every((each) => seen.length === 0 || seen.some((value) => same(value.value, each.value)));
    if (agreed) return [];
    const first = seen[0] && {
      source: `${seen[0].evidence[0].field} in frame ${seen[0].evidence[0].frame}`,
      value: seen[0].value,
    };
    return [
      {
        attribute,
        observed: first?.value ?? null,
        asserted: best(said, attribute).value,
        says: [...(first ? [first] : []), ...said.map(({ source, value }) => ({ source, value }))],
      },
    ];
  });
}

/** What is stated about the device, else the default of its model, else what is derived, else unknown. */
export function clinicalOf(device, defaults, stated, report) {
  const origins = {};
  const take = (attribute, fallback, kind, source = null) => {
    const said = best(stated, attribute);
    if (said) origins[attribute] = { kind: "stated", source: said.source };
    else if (fallback && fallback !== "unknown") origins[attribute] = { kind, source };
    return said?.value ?? fallback ?? null;
  };
  const model = "mdl_01980000-0000-7000-a000-000000000001";
  const permissions = stated.filter((each) => each.attribute.startsWith("permission_"));
  for (const each of permissions) origins[each.attribute] = { kind: "stated", source: each.source };
  const fresh = report && Date.now() - Date.parse(report.at) < PATIENT_MS;
  return {
    class: take("clinical_class", device.clinical_class, "derived"),
    network_loss_effect: take("network_loss_effect", defaults.network_loss_effect, "model_default", model),
    reaction_time: take("reaction_time", defaults.reaction_time, "model_default", model),
    patient_state: report ? (fresh ? report.state : "unknown") : defaults.patient_state,
    patient_report: report
      ? { ...report, age_s: Math.floor((Date.now() - Date.parse(report.at)) / 1000) }
      : defaults.patient_state === "unknown"
        ? null
        : { state: defaults.patient_state, source: "hl7", by: "adt", at: device.last_seen, age_s: 60 },
    owner: take("clinical_owner", defaults.owner, "model_default", model),
    biomed_owner: take("biomed_owner", null),
    maintenance_window: take("maintenance_window", null),
    manufacturer_permissions: permissions.map((each) => ({
      permission: each.attribute.slice("permission_".length),
      document: each.value,
    })),
    origins,
  };
}

export function inventoryActs({ world, stated, byId, row, detail, record, tell }) {
  const views = [];
  const adjustments = [];
  const reports = new Map();
  const done = new Map();
  const now = () => new Date().toISOString();

  const changed = (device, change, user) => {
    device.version += 1;
    record(device, change, user);
    tell("device", { id: device.id, kind: "changed" });
  };

  /** A refusal of the hub: status, title, detail, pointer. */
  const refuse = (status, title, detail, pointer) => {
    throw Object.assign(new Error(detail), {
      refusal: [status, title, detail, pointer === undefined ? [] : [{ pointer, detail }]],
    });
  };
  const deny = (pointer, detail) => refuse(422, "request refused", detail, pointer);
  const reasoned = (body) =>
    body?.why?.trim() || deny("/why", "say why, in at most 2000 bytes; it is kept with the change");
  const matches = (req, thing, what) =>
    req.headers["if-match"] === `"${thing.version}"` ||
    refuse(412, "changed meanwhile", `somebody changed this ${what} meanwhile; look at it again`, "/if-match");
  const one = (id) => byId(id) ?? refuse(404, "not found", `there is no device \`${id}\``);
  /** The same act with the same key is done once. */
  const once = (req, act) => {
    const key =
      req.headers["idempotency-key"] ?? refuse(400, "request refused", "the Idempotency-Key header is missing");
    if (!done.has(key)) done.set(key, act());
    return done.get(key);
  };

  const checkView = (body) => {
    if (!body.name?.trim()) deny("/name", "it has 1 to 100 bytes without control characters");
    parse(body.filter);
    return { name: body.name, filter: body.filter, sort: body.sort, columns: body.columns, shared: body.shared };
  };
  const viewRoutes = ({ req, path, session, body }) => {
    if (path === "/views" && req.method === "GET")
      return [{ items: views.filter((each) => each.shared || each.owner === session.name), next_cursor: null }];
    if (path === "/views")
      return [
        once(req, () => {
          const made = { id: `viw_${randomUUID()}`, owner: session.name, version: 1, ...checkView(body) };
          views.push(made);
          return made;
        }),
      ];
    const view = views.find((each) => `/views/${each.id}` === path);
    if (!view) return refuse(404, "not found", "there is no view with this id");
    if (req.method === "GET") return [view];
    matches(req, view, "view");
    if (req.method === "DELETE") {
      views.splice(views.indexOf(view), 1);
      return [undefined, 204];
    }
    Object.assign(view, checkView(body), { version: view.version + 1 });
    return [view];
  };

  const adjust = (made, user) => {
    adjustments.unshift(made);
    const kind = made.kind === "merge" ? "merged" : "split";
    const [before, after] = made.kind === "merge" ? [made.part, made.device] : [made.device, made.part];
    for (const id of made.kind === "merge" ? [made.device, made.part] : [made.device])
      changed(byId(id), { kind, what: "device", before, after, why: made.why }, user);
    tell("summary", {});
    return made;
  };
  const begin = (kind, device, part, anchor, body, user) => ({
    id: `adj_${randomUUID()}`,
    kind,
    device,
    part,
    anchor,
    by: user.name,
    at: now(),
    why: body.why,
    undone: null,
  });
  const merge = (device, body, user) => {
    const other = one(body.other);
    if (other === device) deny("", "a device cannot be merged with itself");
    for (const each of [device, other])
      if (each.part_of) deny("", `\`${each.id}\` is a part of another device; take that back first`);
    other.part_of = device.id;
    device.before = { ...(device.before ?? {}), [other.id]: { ips: [...device.ips], macs: [...device.macs] } };
    device.ips = [...new Set([...device.ips, ...other.ips])];
    device.macs = [...new Set([...device.macs, ...other.macs])];
    return adjust(begin("merge", device.id, other.id, null, body, user), user);
  };
  const split = (device, body, user) => {
    const ip = /^ip:(.+)$/.exec(body.anchor)?.[1];
    if (!ip || !device.ips.includes(ip))
      deny("", `\`${body.anchor}\` is no network address of \`${device.id}\`; write it as \`ip:10.0.0.1\``);
    if (device.ips.length === 1)
      deny("", `\`${body.anchor}\` is the only address of its station, of which nothing would be left`);
    device.ips = device.ips.filter((each) => each !== ip);
    const part = {
      ...device,
      id: `dev_${randomUUID()}`,
      name: null,
      manufacturer: null,
      model: null,
      device_type: null,
      clinical_class: "unknown",
      serial: null,
      location: null,
      os: null,
      labels: [],
      weaknesses: [],
      lifecycle: "discovered",
      quarantined: false,
      ips: [ip],
      macs: [],
      version: 1,
    };
    world.devices.push(part);
    world.conversations.set(part.id, []);
    return adjust(begin("split", device.id, part.id, body.anchor, body, user), user);
  };
  const undo = (made, body, user) => {
    if (made.undone) deny("", `\`${made.id}\` is taken back already`);
    const [device, part] = [byId(made.device), byId(made.part)];
    if (made.kind === "merge") {
      part.part_of = undefined;
      Object.assign(device, device.before?.[part.id]);
    } else {
      world.devices.splice(world.devices.indexOf(part), 1);
      device.ips = [...device.ips, ...part.ips];
    }
    made.undone = { by: user.name, at: now(), why: body.why };
    const [kind, before, after] =
      made.kind === "merge" ? ["split", device.id, part.id] : ["merged", part.id, device.id];
    changed(device, { kind, what: "device", before, after, why: body.why }, user);
    tell("summary", {});
    return made;
  };

  const deviceRoutes = ({ req, body, session, device, act }) => {
    switch (act) {
      case "merge":
      case "split":
        reasoned(body);
        return [once(req, () => (act === "merge" ? merge : split)(device, body, session))];
      case "labels": {
        matches(req, device, "device");
        reasoned(body);
        body.labels.forEach((each, place) => {
          if (!/^[\p{L}\p{N}\-_.:]{1,40}$/u.test(each))
            deny(
              `/labels/${place}`,
              `\`${each}\` is no label; it has 1 to 40 letters, digits, \`-\`, \`_\`, \`.\` and \`:\``,
            );
        });
        const before = device.labels.join(" ") || null;
        device.labels = [...new Set(body.labels.map((each) => each.toLowerCase()))].sort();
        changed(
          device,
          { kind: "asserted", what: "labels", before, after: device.labels.join(" ") || null, why: body.why },
          session,
        );
        return [detail(device)];
      }
      case "quarantine": {
        matches(req, device, "device");
        reasoned(body);
        const [before, after] = [String(device.quarantined), String(body.quarantined)];
        if (before !== after) {
          device.quarantined = body.quarantined;
          changed(device, { kind: "quarantine", what: "quarantined", before, after, why: body.why }, session);
        }
        const { id, quarantined, version } = device;
        return [{ id, quarantined, version, network_effect: "none", detail: DETAIL }];
      }
      case "patient-state":
        reasoned(body);
        return [
          once(req, () => {
            reports.set(device.id, { state: body.state, source: "person", by: session.name, at: now() });
            changed(
              device,
              { kind: "asserted", what: "patient_state", before: null, after: body.state, why: body.why },
              session,
            );
            return detail(device).clinical;
          }),
        ];
      case "fhir":
        return [resource(device)];
    }
    return undefined;
  };

  const resource = (device) => ({
    resourceType: "Device",
    id: device.id.replace(/^dev_/, ""),
    identifier: device.serial ? [{ type: { text: "serial number" }, value: device.serial }] : undefined,
    manufacturer: device.manufacturer ?? undefined,
    modelNumber: device.model ?? undefined,
    status: device.lifecycle === "retired" ? "inactive" : "active",
  });
  const chosen = (params, usual) => sorted(select(world.listed(), params, ZONES), params.get("sort") ?? usual);

  const importRoute = ({ req, body, session }) => {
    reasoned(body);
    if (!/^[a-z0-9_.-]{1,60}$/i.test(body.name ?? "")) deny("/name", `\`${body.name}\` is no name of an import`);
    return once(req, () => {
      const plan = planOf(body, { devices: world.devices, stated, deny, words: CLINICAL });
      if (!body.dry_run)
        for (const { device: id, attribute, before, after } of plan.changes) {
          const source = `import ${body.name}`;
          const others = (stated.get(id) ?? []).filter(
            (each) => each.source !== source || each.attribute !== attribute,
          );
          stated.set(id, [
            ...others,
            { attribute, value: after, source, by: session.name, at: now(), why: `${source}: ${body.why}` },
          ]);
          changed(
            byId(id),
            { kind: "asserted", what: attribute, before, after, why: `${source}: ${body.why}` },
            session,
          );
        }
      const devices = new Set(plan.changes.map((each) => each.device)).size;
      return {
        dry_run: body.dry_run,
        ...plan,
        devices_changed: devices,
        changes_total: plan.changes.length,
        errors_total: plan.errors.length,
      };
    });
  };

  function route(asked) {
    const { req, path, url, session, body } = asked;
    if (/^\/views(\/|$)/.test(path)) return viewRoutes(asked);
    if (path === "/adjustments") {
      const device = url.searchParams.get("device");
      const all = adjustments.filter((each) => !device || each.device === device || each.part === device);
      const { slice, next } = page(all, url.searchParams);
      return [{ items: slice, next_cursor: next }];
    }
    const undone = /^\/adjustments\/([^/]+)\/undo$/.exec(path);
    if (undone) {
      reasoned(body);
      const made = adjustments.find((each) => each.id === undone[1]);
      if (!made) refuse(404, "not found", `there is no adjustment \`${undone[1]}\``);
      return [once(req, () => undo(made, body, session))];
    }
    if (path === "/devices/import" && req.method === "POST") return [importRoute(asked)];
    if (path === "/devices/export")
      return [columnsOf(chosen(url.searchParams, "first_seen").map(row)), 200, "text/csv; charset=utf-8"];
    if (path === "/devices/fhir") {
      const { slice, next } = page(chosen(url.searchParams, "-last_seen"), url.searchParams);
      const link = [{ relation: "self", url: `/api/v1${path}${url.search}` }];
      if (next) {
        url.searchParams.set("cursor", next);
        link.push({ relation: "next", url: `/api/v1${path}${url.search}` });
      }
      return [
        {
          resourceType: "Bundle",
          type: "collection",
          link,
          entry: slice.map((each) => ({ resource: resource(each) })),
        },
      ];
    }
    const about = /^\/devices\/([^/]+)\/(merge|split|labels|quarantine|patient-state|fhir)$/.exec(path);
    if (about) return deviceRoutes({ ...asked, device: one(decodeURIComponent(about[1])), act: about[2] });
    return undefined;
  }

  return {
    reports,
    views,
    adjustments,
    /** Answers a request that is about one of these; says whether it was. */
    async answer({ req, res, url, path, session, json, problem, bodyOf }) {
      const mine =
        /^\/(views|adjustments)(\/|$)|^\/devices\/(import|export|fhir)$|^\/devices\/[^/]+\/(merge|split|labels|quarantine|patient-state|fhir)$/;
      if (!mine.test(path)) return false;
      const body = ["POST", "PUT", "PATCH"].includes(req.method) ? await bodyOf(req) : undefined;
      try {
        const answer = route({ req, path, url, session, body });
        if (!answer) return false;
        const [value, status = 200, type] = answer;
        if (type) {
          res.writeHead(status, { "content-type": type, "cache-control": "no-store" });
          res.end(value);
        } else json(res, status, value);
      } catch (error) {
        if (!error.refusal) throw error;
        problem(res, ...error.refusal);
      }
      return true;
    },
  };
}
