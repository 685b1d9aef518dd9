// The real hub: `bedrail hub` on a capture that testkit made, on a free port of this machine, with a folder of its own.
import { execFileSync, spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { pagesBefore } from "./pages.mjs";
import { addresses } from "./pictures.mjs";

const TARGET = fileURLToPath(new URL("../../target/debug/", import.meta.url));
const BEDRAIL = process.env.BEDRAIL_BIN ?? join(TARGET, "bedrail");
const TESTKIT = process.env.BEDRAIL_TESTKIT ?? join(TARGET, "testkit");
const START_MAX = 60_000;
const STOP_MAX = 30_000;

/**
 * Starts a hub that replays `kind` (`hospital` or `hostile`), or listens to nothing itself (null); with `sensors` it
 * listens for sensors on other machines. Resolves when it listens, with its URLs, its first login and its folder.
 * `stop` asks it to end and fails when it does not end well.
 */
export async function startHub({ kind = "hospital", speed = 240, repeat = false, sensors = false } = {}) {
  for (const program of [BEDRAIL, TESTKIT])
    if (!existsSync(program))
      throw new Error(`no program at \`${program}\`; build it: cargo build -p bedrail -p testkit`);
  const folder = mkdtempSync(join(tmpdir(), "bedrail-e2e-"));
  const options = ["--data", join(folder, "hub"), "--listen", "127.0.0.1:0", "--insecure-http"];
  if (sensors) options.push("--sensors", "127.0.0.1:0");
  if (kind) options.push("--replay", capture(folder, kind), "--speed", String(speed), ...(repeat ? ["--repeat"] : []));
  const process_ = spawn(BEDRAIL, ["hub", ...options], { stdio: ["ignore", "pipe", "pipe"] });
  const said = [];
  createInterface({ input: process_.stderr }).on("line", (line) => said.push(line));
  const ended = new Promise((resolve) => process_.on("exit", (code, signal) => resolve(code ?? signal)));
  const told = {};
  const lines = createInterface({ input: process_.stdout });
  const listens = new Promise((resolve) =>
    lines.on("line", (line) => {
      told.url ??= /(http:\/\/\S+?)\/?(?:\s|$)/.exec(line)?.[1];
      told.sensors ??= /(https:\/\/\S+?)\/?(?:\s|$)/.exec(line)?.[1];
      told.password ??= /password\s+(\S+)/.exec(line)?.[1];
      if (told.url && told.password && (told.sensors || !sensors)) resolve("listens");
    }),
  );
  const outcome = await Promise.race([listens, ended, after(START_MAX, "did not say where it listens")]);
  if (outcome !== "listens") {
    process_.kill("SIGKILL");
    throw new Error(`the hub: ${outcome}\n${said.join("\n")}`);
  }
  const pages = process.env.BEDRAIL_PAGES === "dist" ? await pagesBefore(told.url) : null;
  return {
    ...told,
    ...(pages ? { url: pages.url } : {}),
    said,
    folder,
    async stop() {
      pages?.stop();
      process_.kill("SIGINT");
      const end = await Promise.race([ended, after(STOP_MAX, "did not stop")]);
      if (end !== 0) process_.kill("SIGKILL");
      rmSync(folder, { recursive: true, force: true });
      if (end !== 0) throw new Error(`the hub ended with ${end}\n${said.slice(-5).join("\n")}`);
    },
  };
}

/** A capture that testkit makes. */
function capture(folder, kind) {
  const file = join(folder, `${kind}.pcapng`);
  execFileSync(TESTKIT, [kind, "--out", file]);
  return file;
}

/** `bedrail sensor enrol`, with the token on its standard input. Gives what it said. */
export function enrolSensor(hub, token) {
  const args = ["sensor", "enrol", "--hub", hub.sensors, "--data", join(hub.folder, "sensor")];
  return execFileSync(BEDRAIL, args, { input: token, encoding: "utf8", timeout: START_MAX });
}

/** `bedrail sensor run` on a capture, as if it happened now; `stop` asks it to end. */
export function runSensor(hub, { kind = "hospital", speed = 400 } = {}) {
  const replay = ["--replay", capture(hub.folder, kind), "--speed", String(speed), "--repeat"];
  const args = ["sensor", "run", "--data", join(hub.folder, "sensor"), ...replay];
  const process_ = spawn(BEDRAIL, args, { stdio: ["ignore", "ignore", "pipe"] });
  const said = [];
  createInterface({ input: process_.stderr }).on("line", (line) => said.push(line));
  const ended = new Promise((resolve) => process_.on("exit", (code, signal) => resolve(code ?? signal)));
  return {
    async stop() {
      process_.kill("SIGTERM");
      const end = await Promise.race([ended, after(STOP_MAX, "did not stop")]);
      if (end !== 0) process_.kill("SIGKILL");
      if (end !== 0) throw new Error(`the sensor ended with ${end}\n${said.slice(-5).join("\n")}`);
    },
  };
}

const after = (milliseconds, value) => new Promise((resolve) => setTimeout(resolve, milliseconds, value).unref());

/** What the API answers, asked from within the page, with its session. */
export function ask(tab, path) {
  return tab.evaluate(async (address) => {
    const response = await fetch(address);
    if (!response.ok) throw new Error(`${address}: ${response.status}`);
    return response.json();
  }, `/api/v1${path}`);
}

/** All pages of a list. */
export async function askAll(tab, path) {
  const all = [];
  for (let next = path; next; ) {
    const { items, next_cursor } = await ask(tab, next);
    all.push(...items);
    next = next_cursor ? `${path}${path.includes("?") ? "&" : "?"}cursor=${encodeURIComponent(next_cursor)}` : null;
  }
  return all;
}

/** Looks with the same count after which nothing more is expected: a busy hub may take seconds for a batch. */
const STILL = 3;

/** Waits until the inventory has this many devices and no more come. */
export async function filled(tab, least, { patience = 120_000 } = {}) {
  const until = performance.now() + patience;
  let [before, same] = [-1, 0];
  for (;;) {
    const { devices } = await ask(tab, "/summary");
    same = devices.total === before ? same + 1 : 0;
    if (devices.total >= least && same >= STILL) return devices.total;
    if (performance.now() > until) throw new Error(`${devices.total} devices, not ${least}`);
    before = devices.total;
    await new Promise((resolve) => setTimeout(resolve, 2_500));
  }
}

/** Every address of the real hub that is looked at. */
export async function realRoutes(tab) {
  const devices = await askAll(tab, "/devices?limit=200&sort=name");
  const of = (test) => devices.find(test) ?? devices[0];
  const monitor = of((each) => each.device_type === "patient_monitor" && each.model);
  const modality = of((each) => each.device_type === "ct_scanner");
  const vague = of((each) => !each.device_type || !each.model);
  const outside = of((each) => each.external);
  const { zones } = await ask(tab, "/map");
  const [largest] = zones.sort((a, b) => b.devices - a.devices);
  const audits = await ask(tab, "/campaigns?limit=1");
  return addresses({
    modality: modality.id,
    monitor: monitor.id,
    vague: vague.id,
    outside: outside.id,
    zone: largest?.id,
    audit: audits.items[0]?.id,
  });
}
