// The API of the hub from a synthetic hospital, and the built UI beside it, under the policy the hub sends.
//   node mock/server.mjs [--port 4173] [--empty] [--seed 7]
// Log in as `admin` with `bedrail-demo`; `ines.engineer` and `vera.viewer` have the same password and fewer rights.
import { randomUUID } from "node:crypto";
import { existsSync, readFileSync, statSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import { clinicalOf, differences, inventoryActs, shown } from "./acts.mjs";
import { admin } from "./admin.mjs";
import { hospital, ZONES } from "./hospital.mjs";
import { facets, page, select, sorted } from "./query.mjs";

const HERE = fileURLToPath(new URL(".", import.meta.url));
const DIST = join(HERE, "..", "dist");
const POLICY = "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:";
const TYPES = {
  ".txt": "text/plain; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".css": "text/css",
  ".svg": "image/svg+xml",
  ".woff2": "font/woff2",
  ".json": "application/json",
  ".png": "image/png",
};
const NAME = "admin";
const PASSWORD = "bedrail-demo";
const MOVES = {
  discovered: ["approved", "retired"],
  approved: ["in_service", "out_of_service", "retired"],
  in_service: ["out_of_service", "retired"],
  out_of_service: ["in_service", "retired"],
  retired: [],
};

/** Starts the mock; resolves when it listens. */
export function start({ port = 0, empty = false, seed = 7, live = true } = {}) {
  const world = hospital({ seed });
  const cmms = new Map(world.asserted);
  if (empty) Object.assign(world, { devices: [], changes: [], sensors: [] });
  const sessions = new Map();
  const listeners = new Set();
  const answers = new Map();
  const tell = (event, data) => {
    for (const each of listeners) each.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
  };

  world.listed = () => world.devices.map((each) => shown(each, cmms.get(each.id) ?? []));
  const adminPart = admin({ world, tell, empty, password: PASSWORD });
  const endSessionsOf = (name) => {
    for (const [key, each] of sessions) if (each.name === name) sessions.delete(key);
  };

  const row = ({ says, to, part_of, ...rest }) => shown(rest, cmms.get(rest.id) ?? []);
  const byId = (id) => world.devices.find((each) => each.id === id);
  const detail = (device) => {
    const attributes = world.evidence(device);
    const stated = cmms.get(device.id) ?? [];
    return {
      ...row(device),
      attributes,
      asserted: stated,
      differences: differences(attributes, stated),
      contradictions: Object.entries(attributes)
        .filter(([, values]) => values.length > 1)
        .map(([attribute, values]) => ({ attribute, values: values.map((each) => each.value) })),
      weaknesses_detail: device.weaknesses.map((weakness, place) => ({
        weakness,
        frame: 1204 + place * 731 + device.version,
        field:
          {
            cleartext_patient_data: "hl7.pid",
            default_community: "snmp.community",
            smb1: "smb.header",
            unauthenticated_control: "modbus.func_code",
          }[weakness] ?? "tcp.payload",
        count: 3 + place * 17,
      })),
      clinical: clinicalOf(device, world.clinical(device), stated, acts.reports.get(device.id)),
      part_of: device.part_of ?? null,
      parts: world.devices.filter((each) => each.part_of === device.id).map((each) => each.id),
      anchors: [...device.macs.map((each) => `mac:${each}`), ...device.ips.map((each) => `ip:${each}`)],
    };
  };

  const summary = () => {
    const here = world.listed().filter((each) => each.lifecycle !== "retired" && !each.part_of);
    const tally = (of) =>
      here.reduce((all, each) => ({ ...all, [of(each) ?? "unknown"]: (all[of(each) ?? "unknown"] ?? 0) + 1 }), {});
    const talks = here.flatMap((each) => (world.conversations.get(each.id) ?? []).filter((c) => c.direction === "out"));
    const protocols = new Map();
    for (const each of talks)
      protocols.set(each.protocol ?? "unknown", (protocols.get(each.protocol ?? "unknown") ?? 0) + each.flows);
    const weak = new Map();
    for (const each of here) for (const weakness of each.weaknesses) weak.set(weakness, (weak.get(weakness) ?? 0) + 1);
    return {
      devices: {
        total: here.length,
        external: here.filter((each) => each.external).length,
        unknown: here.filter((each) => each.clinical_class === "unknown").length,
        by_lifecycle: tally((d) => d.lifecycle),
        by_class: tally((d) => d.clinical_class),
        by_type: tally((d) => d.device_type),
      },
      new_since_last_visit: here
        .filter((each) => each.lifecycle === "discovered")
        .sort((a, b) => b.first_seen.localeCompare(a.first_seen))
        .slice(0, 8)
        .map(row),
      awaiting_approval: here.filter((each) => each.lifecycle === "discovered").length,
      cleartext_clinical_conversations: talks.filter((each) => each.cleartext_clinical).length,
      conversations: {
        encrypted: talks.filter((each) => each.encrypted).length,
        clear: talks.filter((each) => !each.encrypted && each.protocol).length,
        unknown: talks.filter((each) => !each.protocol).length,
      },
      protocols: [...protocols]
        .map(([name, flows]) => ({ name, flows, messages: flows * 7 }))
        .sort((a, b) => b.flows - a.flows),
      weaknesses: [...weak].map(([weakness, devices]) => ({ weakness, devices })).sort((a, b) => b.devices - a.devices),
      sensors: world.sensors,
      as_of: new Date().toISOString(),
    };
  };

  const map = () => {
    const zoneOf = new Map(world.devices.map((each) => [each.id, each.zone]));
    const conduits = new Map();
    for (const device of world.devices)
      for (const talk of world.conversations.get(device.id) ?? []) {
        const to = zoneOf.get(talk.peer.device);
        if (talk.direction !== "out" || !to) continue;
        const key = `${device.zone} ${to}`;
        const one = conduits.get(key) ?? {
          from: device.zone,
          to,
          flows: 0,
          bytes: 0,
          encrypted: 0,
          cleartext_clinical: 0,
          protocols: new Set(),
        };
        const bytes = talk.bytes[0] + talk.bytes[1];
        one.flows += talk.flows;
        one.bytes += bytes;
        one.encrypted += talk.encrypted ? bytes : 0;
        one.cleartext_clinical += talk.cleartext_clinical ? 1 : 0;
        one.protocols.add(talk.protocol ?? "unknown");
        conduits.set(key, one);
      }
    return {
      zones: ZONES.map(({ id, name, kind }) => {
        const inside = world.listed().filter((each) => each.zone === id);
        return {
          id,
          name,
          kind,
          devices: inside.length,
          by_class: inside.reduce(
            (all, each) => ({ ...all, [each.clinical_class]: (all[each.clinical_class] ?? 0) + 1 }),
            {},
          ),
        };
      }).filter((each) => each.devices > 0),
      conduits: [...conduits.values()].map(({ encrypted, protocols, ...rest }) => ({
        ...rest,
        encrypted_share: rest.bytes ? encrypted / rest.bytes : 0,
        protocols: [...protocols].sort(),
      })),
    };
  };

  const record = (device, change, user) =>
    world.changes.unshift({
      id: `chg_${randomUUID()}`,
      device: device.id,
      device_name: device.name,
      device_address: device.ips[0] ?? device.macs[0] ?? null,
      at: new Date().toISOString(),
      actor: { kind: "person", name: user.name },
      request: `req_${randomUUID()}`,
      ...change,
    });

  const setLifecycle = ({ ids, to, why }, user) => {
    const done = [];
    const refused = [];
    for (const id of ids) {
      const device = byId(id);
      if (!device) {
        refused.push({ id, reason: "no such device" });
        continue;
      }
      if (!MOVES[device.lifecycle].includes(to)) {
        refused.push({ id, reason: `a device that is \`${device.lifecycle}\` cannot become \`${to}\`` });
        continue;
      }
      record(device, { kind: "lifecycle", what: "lifecycle", before: device.lifecycle, after: to, why }, user);
      device.lifecycle = to;
      device.version += 1;
      done.push(id);
      tell("device", { id, kind: "changed" });
    }
    tell("summary", {});
    return { done, refused };
  };

  const assert = (device, { asserted, why }, user) => {
    const stated = [...(cmms.get(device.id) ?? [])];
    for (const [attribute, value] of Object.entries(asserted)) {
      const own = (each) => each.attribute === attribute && each.source === "person";
      const before = stated.find(own)?.value ?? null;
      const place = stated.findIndex(own);
      if (place >= 0) stated.splice(place, 1);
      if (value !== null)
        stated.push({ attribute, value, source: "person", by: user.name, at: new Date().toISOString(), why });
      record(device, { kind: "asserted", what: attribute, before, after: value, why }, user);
    }
    cmms.set(device.id, stated);
    device.version += 1;
    tell("device", { id: device.id, kind: "changed" });
  };
  Object.assign(world, { stated: (id) => cmms.get(id), views: () => acts.views });
  const acts = inventoryActs({ world, stated: cmms, byId, row, detail, record, tell });

  const json = (res, status, value, headers = {}) => {
    res.writeHead(status, {
      "content-type": status >= 400 ? "application/problem+json" : "application/json",
      "cache-control": "no-store",
      ...headers,
    });
    res.end(value === undefined ? undefined : JSON.stringify(value));
  };
  const problem = (res, status, title, detail, errors = []) =>
    json(res, status, { type: "about:blank", title, status, detail, errors });
  const bodyOf = async (req) => {
    let text = "";
    for await (const chunk of req) text += chunk;
    return text ? JSON.parse(text) : undefined;
  };

  async function api(req, res, url) {
    const path = url.pathname.slice("/api/v1".length);
    const cookie = /bedrail_session=([^;]+)/.exec(req.headers.cookie ?? "")?.[1];
    const session = sessions.get(cookie);
    const view = (each) => ({ user: { name: each.name, role: adminPart.roleOf(each.name) }, csrf_token: each.csrf });
    if (path === "/session" && req.method === "POST") {
      const given = await bodyOf(req);
      const role = adminPart.roleOf(given?.name);
      if (!role || given.password !== adminPart.passwords.get(given.name))
        return problem(res, 401, "login refused", "name or password is wrong");
      const key = randomUUID();
      const fresh = { name: given.name, csrf: randomUUID() };
      sessions.set(key, fresh);
      return json(res, 200, view(fresh), { "set-cookie": `bedrail_session=${key}; HttpOnly; SameSite=Strict; Path=/` });
    }
    if (!session) return problem(res, 401, "not logged in", "log in first");
    if (!["GET", "HEAD"].includes(req.method) && req.headers["x-csrf-token"] !== session.csrf)
      return problem(res, 403, "request refused", "the CSRF token is missing or wrong");
    if (path === "/session") {
      if (req.method === "GET") return json(res, 200, view(session));
      sessions.delete(cookie);
      res.writeHead(204, { "set-cookie": "bedrail_session=; HttpOnly; SameSite=Strict; Path=/; Max-Age=0" });
      return res.end();
    }
    if (path === "/session/password" && req.method === "PUT") {
      const { current, password } = await bodyOf(req);
      const pointer = current === adminPart.passwords.get(session.name) ? null : "/current";
      if (pointer) {
        const detail = "this is not the password of this account";
        return problem(res, 403, "request refused", detail, [{ pointer, detail }]);
      }
      adminPart.passwords.set(session.name, adminPart.secret(password));
      endSessionsOf(session.name);
      session.csrf = randomUUID();
      sessions.set(cookie, session);
      return json(res, 200, view(session));
    }
    const asked = {
      method: req.method,
      path,
      params: url.searchParams,
      headers: req.headers,
      user: { name: session.name, role: adminPart.roleOf(session.name) },
      bodyOf: () => bodyOf(req),
      end: endSessionsOf,
    };
    const handled = await adminPart.answer(
      asked,
      (status, value) => json(res, status, value, value?.version ? { etag: `"${value.version}"` } : {}),
      (...refusal) => problem(res, ...refusal),
    );
    if (handled) return undefined;
    if (path === "/summary") return json(res, 200, summary());
    if (path === "/devices/facets") return json(res, 200, facets(world.listed(), url.searchParams, ZONES));
    if (path === "/devices/lifecycle" && req.method === "POST") {
      const key = req.headers["idempotency-key"];
      if (!key) return problem(res, 400, "request refused", "the Idempotency-Key header is missing");
      const wanted = await bodyOf(req);
      if (!wanted.why?.trim())
        return problem(res, 422, "request refused", "a change needs a reason", [
          { pointer: "/why", detail: "must not be empty" },
        ]);
      if (!answers.has(key)) answers.set(key, setLifecycle(wanted, session));
      return json(res, 200, answers.get(key));
    }
    if (path === "/devices" && req.method === "GET") {
      const found = sorted(
        select(world.listed(), url.searchParams, ZONES),
        url.searchParams.get("sort") ?? "-last_seen",
      );
      const { slice, next } = page(found, url.searchParams);
      return json(res, 200, { items: slice.map(row), next_cursor: next, total: found.length });
    }
    if (await acts.answer({ req, res, url, path, session, json, problem, bodyOf })) return undefined;
    const one = /^\/devices\/([^/]+)(?:\/(conversations|changes))?$/.exec(path);
    if (one) {
      const device = byId(decodeURIComponent(one[1]));
      if (!device) return problem(res, 404, "not found", "there is no device with this id");
      if (one[2] === "conversations") {
        const all = (world.conversations.get(device.id) ?? []).map((each, key) => ({ key: String(key + 1), ...each }));
        const { slice, next } = page(all, url.searchParams);
        return json(res, 200, { items: slice.map(({ key, ...rest }) => rest), next_cursor: next });
      }
      if (one[2] === "changes") {
        const { slice, next } = page(
          world.changes.filter((each) => each.device === device.id),
          url.searchParams,
        );
        return json(res, 200, { items: slice, next_cursor: next });
      }
      if (req.method === "PATCH") {
        const wanted = await bodyOf(req);
        if (req.headers["if-match"] !== `"${device.version}"`)
          return problem(res, 412, "changed meanwhile", "somebody changed this device; look at it again");
        if (!wanted.why?.trim())
          return problem(res, 422, "request refused", "a change needs a reason", [
            { pointer: "/why", detail: "must not be empty" },
          ]);
        assert(device, wanted, session);
      }
      return json(res, 200, detail(device), { etag: `"${device.version}"` });
    }
    if (path === "/changes") {
      const { slice, next } = page(world.changes, url.searchParams);
      return json(res, 200, { items: slice, next_cursor: next });
    }
    if (path === "/map") return json(res, 200, map());
    if (path === "/sensors") return json(res, 200, { items: world.sensors });
    if (path === "/about")
      return json(res, 200, { version: "0.1.0", store: "SQLite, encrypted", licence: "Apache-2.0", sensor_port: 8444 });
    if (path === "/events") {
      res.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-store" });
      res.write(": hello\n\n");
      listeners.add(res);
      const beat = setInterval(() => res.write(": beat\n\n"), 15_000);
      req.on("close", () => {
        clearInterval(beat);
        listeners.delete(res);
      });
      return undefined;
    }
    return problem(res, 404, "not found", `there is no \`${path}\``);
  }

  function file(res, pathname) {
    const wanted = join(DIST, normalize(pathname).replace(/^(\.\.[/\\])+/, ""));
    const found =
      wanted.startsWith(DIST) && existsSync(wanted) && statSync(wanted).isFile() ? wanted : join(DIST, "index.html");
    if (!existsSync(found)) {
      res.writeHead(503);
      return res.end("run `npm run build` first");
    }
    res.writeHead(200, {
      "content-type": TYPES[extname(found)] ?? "application/octet-stream",
      "content-security-policy": POLICY,
      "x-content-type-options": "nosniff",
      "referrer-policy": "no-referrer",
      "cache-control": pathname.startsWith("/assets/") ? "public, max-age=31536000, immutable" : "no-cache",
    });
    return res.end(readFileSync(found));
  }

  const server = createServer((req, res) => {
    const url = new URL(req.url, "http://localhost");
    if (!url.pathname.startsWith("/api/")) return file(res, url.pathname);
    api(req, res, url).catch((error) => {
      if (res.headersSent) return res.end();
      if (error.status) return problem(res, error.status, error.title, error.message, error.errors);
      const known = /^(expected|unknown|character )/.test(error.message);
      return problem(
        res,
        known ? 400 : 500,
        known ? "request not understood" : "bug in the mock",
        error.message,
        known ? [{ pointer: "/filter", detail: error.message }] : [],
      );
    });
  });
  // The inventory lives: somebody is heard all the time.
  const pulse =
    live && !empty
      ? setInterval(() => {
          const now = new Date().toISOString();
          for (let n = 0; n < 4; n += 1) {
            const device = world.devices[Math.floor(Math.random() * world.devices.length)];
            device.last_seen = now;
            tell("device", { id: device.id, kind: "seen" });
          }
          for (const each of world.sensors)
            if (each.state === "connected")
              Object.assign(each, { last_seen: now, frames: each.frames + 1000 + Math.floor(Math.random() * 4000) });
          tell("summary", {});
        }, 5000)
      : undefined;
  return new Promise((ready) =>
    server.listen(port, "127.0.0.1", () =>
      ready({
        url: `http://127.0.0.1:${server.address().port}`,
        world,
        admin: adminPart,
        expire: () => sessions.clear(),
        stop: () => {
          clearInterval(pulse);
          for (const each of listeners) each.end();
          server.closeAllConnections();
          return new Promise((done) => server.close(done));
        },
      }),
    ),
  );
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const flag = (name) => {
    const place = process.argv.indexOf(`--${name}`);
    return place > 0 ? process.argv[place + 1] : undefined;
  };
  const running = await start({
    port: Number(flag("port") ?? 4173),
    seed: Number(flag("seed") ?? 7),
    empty: process.argv.includes("--empty"),
  });
  console.log(`${running.url}  log in as ${NAME} with ${PASSWORD}`);
}
