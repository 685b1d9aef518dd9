// What happens when something is not as usual: no devices, no hub, an ended session, a change by somebody else, live events.
import { start } from "../mock/server.mjs";
import { adminStates } from "./admin.mjs";
import { logIn, open, routes, settled } from "./browser.mjs";

export async function states(browser, fault) {
  const hub = await start({ live: false });
  const empty = await start({ live: false, empty: true });
  const paths = routes(hub.world);
  let held = 0;
  const check = async (name, act) => {
    const faults = [];
    try {
      await act(faults);
      held += 1;
    } catch (error) {
      fault(`${name}: ${error.message.split("\n")[0]}`);
    }
    for (const each of faults) fault(`${name}: ${each}`);
  };

  await check("a wrong password is refused in words", async (faults) => {
    const { tab, context } = await open(browser, hub, { loggedIn: false, faults });
    await tab.goto(hub.url);
    await tab.fill("#login-name", "admin");
    await tab.fill("#login-password", "wrong");
    await tab.keyboard.press("Enter");
    await tab.waitForSelector("text=Name or password is wrong");
    await context.close();
  });

  await check("an empty hub guides to the first device", async (faults) => {
    const { tab, context } = await open(browser, empty, { faults });
    await tab.waitForSelector("text=Let us find the first device");
    await tab.waitForSelector("code:has-text('--sensor')");
    await context.close();
  });

  await check("a hub that does not answer is said, and tried again", async (faults) => {
    const { tab, context } = await open(browser, hub, { faults });
    await settled(tab);
    await tab.route("**/api/v1/map", (route) => route.abort());
    await tab.click('nav a:has-text("Map")');
    await tab.waitForSelector("text=The hub cannot be reached", { timeout: 15_000 });
    await tab.unroute("**/api/v1/map");
    await tab.click('button:has-text("Try again")');
    await tab.waitForSelector(".map-frame .zone");
    await context.close();
  });

  await check("a session that ends while somebody types keeps what was typed", async (faults) => {
    const { tab, context } = await open(browser, hub, { faults });
    await tab.goto(hub.url + paths.device);
    await settled(tab);
    await tab.click("#statements ~ .card-act button");
    await tab.fill("#state-value", "ICU, bed 99");
    await tab.fill("#state-why", "seen at the bedside");
    hub.expire();
    await tab.click('button[form="state-form"]');
    await tab.waitForSelector("text=Your session has ended");
    await tab.fill("#login-password", "bedrail-demo");
    await tab.press("#login-password", "Enter");
    await tab.waitForSelector("#login-password", { state: "detached" });
    const kept = await tab.inputValue("#state-value");
    if (kept !== "ICU, bed 99") throw new Error(`kept \`${kept}\``);
    await tab.click('button[form="state-form"]');
    await tab.waitForSelector('.states:has-text("ICU, bed 99")');
    await context.close();
  });

  await check("a change by somebody else is not overwritten", async (faults) => {
    const { tab, context } = await open(browser, hub, { faults });
    await tab.goto(hub.url + paths["device-monitor"]);
    await settled(tab);
    await tab.click("#statements ~ .card-act button");
    await tab.fill("#state-value", "Ward 4");
    await tab.fill("#state-why", "moved");
    const id = paths["device-monitor"].split("/").at(-1);
    hub.world.devices.find((each) => each.id === id).version += 1;
    await tab.click('button[form="state-form"]');
    await tab.waitForSelector("text=Somebody changed this while you looked at it");
    await context.close();
  });

  await check("a refused filter is said where it was typed", async (faults) => {
    const { tab, context } = await open(browser, hub, { faults });
    await tab.goto(`${hub.url}/devices?filter=${encodeURIComponent("colour=red")}`);
    await tab.waitForSelector('.expression-fault:has-text("unknown word") code:has-text("colour")');
    await context.close();
  });

  await check("unknown is shown as unknown, with what it means", async (faults) => {
    const { tab, context } = await open(browser, hub, { faults });
    await tab.goto(hub.url + paths["device-unknown"]);
    await settled(tab);
    const cut = await tab.innerText(".cut");
    if (!/Unknown/.test(cut) || !/as if a patient depended on it/.test(cut))
      throw new Error(`the header says \`${cut}\``);
    for (const each of ["conversations", "timeline", "evidence", "raw"]) {
      await tab.goto(`${hub.url}${paths["device-unknown"]}?tab=${each}`);
      await tab.waitForSelector('.cut:has-text("If the network is cut")');
    }
    await context.close();
  });

  await check("what the hub tells appears by itself", async (faults) => {
    const living = await start({ live: true });
    const { tab, context } = await open(browser, living, { faults });
    await settled(tab);
    const before = Number(await tab.innerText(".rail-count"));
    // Another person approves one.
    const id = living.world.devices.find((each) => each.lifecycle === "discovered").id;
    await tab.evaluate(async (device) => {
      const { csrf_token } = await (await fetch("/api/v1/session")).json();
      await fetch("/api/v1/devices/lifecycle", {
        method: "POST",
        headers: { "content-type": "application/json", "x-csrf-token": csrf_token, "idempotency-key": "other" },
        body: JSON.stringify({ ids: [device], to: "approved", why: "by another" }),
      });
    }, id);
    await tab.waitForFunction(
      (count) => document.querySelector(".rail-count")?.textContent === String(count),
      before - 1,
      { timeout: 10_000 },
    );
    await context.close();
    await living.stop();
  });

  await check("a hub that comes back is followed again", async (faults) => {
    const first = await start({ live: false });
    const port = Number(new URL(first.url).port);
    const { tab, context } = await open(browser, first, { faults });
    await settled(tab);
    await first.stop();
    await tab.waitForSelector(".live-off:has-text('Reconnecting')", { timeout: 10_000 });
    // A new process knows no sessions: the login comes over the page.
    const second = await start({ live: false, port });
    await tab.waitForSelector("text=Your session has ended", { timeout: 30_000 });
    await tab.fill("#login-password", "bedrail-demo");
    await tab.press("#login-password", "Enter");
    await tab.waitForSelector(".live:not(.live-off)", { timeout: 15_000 });
    await context.close();
    await second.stop();
  });

  await adminStates(browser, check, hub, empty);

  await check("German is German", async (faults) => {
    const { tab, context } = await open(browser, hub, { language: "de", loggedIn: false, faults });
    await tab.goto(hub.url);
    await tab.waitForSelector("text=Benutzername");
    await logIn(tab);
    for (const path of [paths.today, paths.devices, paths["device-monitor"], paths.map, paths["admin-sensors"]]) {
      await tab.goto(hub.url + path);
      await settled(tab);
      const lang = await tab.evaluate(() => document.documentElement.lang);
      if (lang !== "de") throw new Error(`the page says it is \`${lang}\``);
    }
    await tab.waitForSelector("text=Blinde Flecken");
    await context.close();
  });

  await hub.stop();
  await empty.stop();
  return `${held} states held`;
}
