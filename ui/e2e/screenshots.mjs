// Pictures of every page of the real hub, for docs/screenshots:  node e2e/screenshots.mjs [FOLDER] [NAME...]
// FORMAT=png for tools that do not know webp; LOOKS=wide-light,phone-dark for some of the looks.
import { mkdirSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { launch, open, settled } from "./browser.mjs";
import { ask, askAll, filled, realRoutes, startHub } from "./hub.mjs";

const FOLDER = fileURLToPath(new URL("../../docs/screenshots", import.meta.url));
const [folder = FOLDER, ...only] = process.argv.slice(2);
const format = process.env.FORMAT ?? "webp";
const LOOKS = (process.env.LOOKS ?? "wide-light,phone-light,wide-dark,phone-dark").split(",");
/** Pages that are shown in the dark, too. */
const DARK = ["today", "devices", "device", "device-monitor", "map", "admin"];
/** Empty pages say nothing in a document. */
const LEFT_OUT = ["devices-empty", "missing", "device-missing"];
const BATCH = 100;

/** A hub as it looks after some weeks of work: most devices approved and in service, some with an owner and a place. */
async function settle(tab) {
  const devices = await askAll(tab, "/devices?limit=200");
  const inside = devices.filter((each) => !each.external);
  const known = inside.filter((_, place) => place % 7 !== 3);
  const act = (path, method, body, version) =>
    tab.evaluate(
      async ([address, verb, content, tag]) => {
        const { csrf_token } = await (await fetch("/api/v1/session")).json();
        const response = await fetch(`/api/v1${address}`, {
          method: verb,
          headers: {
            "content-type": "application/json",
            "x-csrf-token": csrf_token,
            ...(verb === "POST" ? { "idempotency-key": crypto.randomUUID() } : { "if-match": tag }),
          },
          body: JSON.stringify(content),
        });
        if (!response.ok) throw new Error(`${address}: ${response.status} ${await response.text()}`);
      },
      [path, method, body, version],
    );
  for (const [to, why, some] of [
    ["approved", "inventory of November", known],
    ["in_service", "acceptance test passed", known.filter((_, place) => place % 9 !== 2)],
  ])
    for (let from = 0; from < some.length; from += BATCH) {
      const ids = some.slice(from, from + BATCH).map((each) => each.id);
      await act("/devices/lifecycle", "POST", { ids, to, why }, null);
    }
  const told = known.filter((each) => ["patient_monitor", "ct_scanner", "ventilator"].includes(each.device_type));
  for (const [place, device] of told.entries()) {
    const { version } = await ask(tab, `/devices/${device.id}`);
    const asserted = { location: `Intensive care, bed ${place + 1}`, biomed_owner: "Biomedical engineering" };
    await act(`/devices/${device.id}`, "PATCH", { asserted, why: "seen at the bedside" }, `"${version}"`);
  }
}

async function picture(tab, path) {
  const session = await tab.context().newCDPSession(tab);
  const quality = format === "webp" ? { quality: 82 } : {};
  const { data } = await session.send("Page.captureScreenshot", { format, ...quality });
  await session.detach();
  writeFileSync(path, Buffer.from(data, "base64"));
}

mkdirSync(folder, { recursive: true });
const hub = await startHub({ speed: 1_200, repeat: true });
const browser = await launch();
try {
  const first = await open(browser, hub);
  await first.tab.waitForFunction(
    async () => (await (await fetch("/api/v1/summary")).json()).devices.total >= 250,
    null,
    { timeout: 120_000, polling: 2_000 },
  );
  // Another while, so that everybody has said what it has to say.
  await first.tab.waitForTimeout(20_000);
  await filled(first.tab, 250);
  await settle(first.tab);
  const wanted = Object.entries(await realRoutes(first.tab)).filter(([name]) =>
    only.length === 0 ? !LEFT_OUT.includes(name) : only.includes(name),
  );
  await first.context.close();
  for (const look of LOOKS) {
    const [size, theme] = look.split("-");
    const { tab, context, faults } = await open(browser, hub, { size, theme });
    for (const [name, path] of wanted) {
      if (theme === "dark" && only.length === 0 && !DARK.includes(name)) continue;
      await tab.goto(hub.url + path);
      await settled(tab);
      await picture(tab, `${folder}/${name}-${look}.${format}`);
    }
    for (const each of faults) console.log(each);
    await context.close();
  }
} finally {
  await browser.close();
  await hub.stop();
}
