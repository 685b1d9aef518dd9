// Chromium, logged in, watched: scripts that ran from data, errors, and requests that leave the hub are faults.
import { existsSync } from "node:fs";
import { chromium } from "playwright-core";

export const SIZES = { wide: { width: 1366, height: 768 }, phone: { width: 390, height: 844 } };
export const THEMES = ["light", "dark", "contrast"];

export async function launch() {
  const executablePath = process.env.BEDRAIL_CHROMIUM ?? "/usr/bin/chromium";
  if (!existsSync(executablePath)) throw new Error(`no Chromium at \`${executablePath}\`; set BEDRAIL_CHROMIUM`);
  return chromium.launch({
    executablePath,
    args: [
      "--headless",
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
}

/** A tab of its own; `faults` collects what must not happen. */
export async function open(
  browser,
  hub,
  { size = "wide", theme = "light", language = "en", bypassCSP = false, loggedIn = true, user, faults = [] } = {},
) {
  const context = await browser.newContext({
    viewport: SIZES[size],
    locale: language === "de" ? "de-DE" : "en-GB",
    bypassCSP,
    reducedMotion: "reduce",
    acceptDownloads: true,
  });
  await context.addInitScript(
    ([chosen, spoken]) => {
      globalThis.owned = globalThis.owned ?? 0;
      // What people do: clicks are counted as long as the page is not loaded anew.
      globalThis.clicks = 0;
      addEventListener("click", (event) => event.isTrusted && event.detail > 0 && globalThis.clicks++, true);
      // What the policy refuses was tried, and nothing may try.
      globalThis.refused = [];
      addEventListener("securitypolicyviolation", (event) =>
        globalThis.refused.push(`${event.violatedDirective} ${event.blockedURI}`),
      );
      for (const name of ["alert", "confirm", "prompt", "print"])
        globalThis[name] = () => {
          globalThis.owned = 1;
        };
      localStorage.setItem("bedrail.theme", chosen);
      localStorage.setItem("bedrail.language", spoken);
    },
    [theme, language],
  );
  const tab = await context.newPage();
  const note = (what, detail) => faults.push(`${what}: ${detail}`);
  tab.on("request", (request) => {
    if (!/^(data|blob):/.test(request.url()) && !request.url().startsWith(hub.url))
      note("request leaves the hub", request.url());
  });
  tab.on("pageerror", (error) => note("script error", error.message));
  tab.on("dialog", (dialog) => {
    note("dialog", dialog.message());
    dialog.dismiss();
  });
  tab.on("console", (message) => {
    if (message.type() === "error" && !/401|404|412|ERR_FAILED|ERR_CONNECTION|40[039] \(|422 \(/.test(message.text()))
      note("console", message.text());
  });
  if (loggedIn) {
    await tab.goto(hub.url);
    await logIn(tab, hub.password, user);
  }
  return { context, tab, faults };
}

export async function logIn(tab, password = "bedrail-demo", name = "admin") {
  await tab.fill("#login-name", name);
  await tab.fill("#login-password", password);
  await tab.press("#login-password", "Enter");
  await tab.waitForSelector(".frame");
}

/** Waits until nothing is being fetched for the page. */
export async function settled(tab) {
  await tab.waitForFunction(() => document.querySelector("h1") && !document.querySelector(".skeleton"), null, {
    timeout: 10_000,
  });
  await tab.waitForTimeout(120);
}

/** Every address that is looked at, with a device of each kind that matters. */
export function routes(world) {
  const monitor = world.devices.find(
    (each) => each.device_type === "patient_monitor" && each.lifecycle === "in_service",
  );
  const stated = world.devices.find((each) => (world.asserted.get(each.id) ?? []).length > 0 && !each.external);
  const hostile = world.devices.find((each) => each.name?.startsWith("<img"));
  const unknown = world.devices.find(
    (each) => each.clinical_class === "unknown" && !each.manufacturer && each.zone === "icu",
  );
  return {
    today: "/",
    devices: "/devices",
    "devices-filtered": "/devices?lifecycle=discovered&sort=-first_seen",
    "devices-empty": "/devices?q=no-such-device",
    "devices-expression":
      "/devices?filter=manufacturer~%22GE%22%20and%20class%3Dmonitoring_alarm%20and%20weakness%3Dsmb1",
    "devices-refused": "/devices?filter=class%3Dsupport%20and%20colour%3Dred&label=loan",
    "devices-labels": "/devices?label=audit-2026&cols=name&cols=labels&cols=lifecycle",
    import: "/devices/import",
    "device-quarantined": `/devices/${world.devices.find((each) => each.quarantined).id}`,
    device: `/devices/${stated.id}`,
    "device-monitor": `/devices/${monitor.id}`,
    "device-unknown": `/devices/${unknown.id}`,
    "device-hostile": `/devices/${hostile.id}`,
    conversations: `/devices/${monitor.id}?tab=conversations`,
    timeline: `/devices/${stated.id}?tab=timeline`,
    evidence: `/devices/${monitor.id}?tab=evidence`,
    raw: `/devices/${hostile.id}?tab=raw`,
    map: "/map",
    "map-zone": "/map?zone=icu",
    matrix: "/map?view=matrix",
    changes: "/changes",
    "admin-sensors": "/admin/sensors",
    "admin-users": "/admin/users",
    "admin-windows": "/admin/windows",
    "admin-audits": "/admin/audits",
    "admin-audit": `/admin/audits/${world.campaigns[0].id}`,
    "admin-audit-done": `/admin/audits/${world.campaigns[2].id}`,
    "admin-models": "/admin/models",
    "admin-backups": "/admin/backups",
    "admin-record": "/admin/record",
    "admin-about": "/admin/about",
    "admin-missing": "/admin/audits/aud_none",
    missing: "/no/such/page",
    "device-missing": "/devices/dev_none",
  };
}
