// The pages of Admin when something is not as usual: no right, an ended session, a change by somebody else, nothing there.
import { open, settled } from "./browser.mjs";

/** Each is checked by `check` of `states.mjs`, on a hub of the mock and on one that is empty. */
export async function adminStates(browser, check, hub, empty) {
  await check("who has no right sees no act, and is told by the page of the address", async (faults) => {
    const { tab, context } = await open(browser, hub, { faults, user: "vera.viewer" });
    await tab.goto(`${hub.url}/admin/windows`);
    await settled(tab);
    if (await tab.isVisible('button:has-text("Plan a window")')) throw new Error("a viewer is offered to plan");
    if (await tab.isVisible('.tabs a:has-text("Users")')) throw new Error("a viewer is offered the users");
    await tab.goto(`${hub.url}/admin/users`);
    await tab.waitForSelector("text=Not for your role");
    await tab.waitForSelector("text=manage_accounts");
    await context.close();
  });

  await check("defaults that somebody else changed are not overwritten", async (faults) => {
    const { tab, context } = await open(browser, hub, { faults });
    await tab.goto(`${hub.url}/admin/models`);
    await settled(tab);
    await tab.click('.plates li:has-text("MX750") button:has-text("Edit")');
    await tab.selectOption("#model-reaction_time", "minutes");
    await tab.fill("#model-why", "manual, page 3");
    hub.admin.models.find((each) => each.model.includes("MX750")).version += 1;
    await tab.click('button[form="model-form"]');
    await tab.waitForSelector("text=Somebody changed this while you looked at it");
    // What was typed is there, and goes through once the new version is known.
    if ((await tab.inputValue("#model-why")) !== "manual, page 3") throw new Error("what was typed is gone");
    await tab.waitForTimeout(300);
    await tab.click('button[form="model-form"]');
    await tab.waitForSelector('.plates li:has-text("MX750"):has-text("within minutes")');
    await context.close();
  });

  await check(
    "a session that ends while a window is planned keeps what was typed, and plans it once",
    async (faults) => {
      const { tab, context } = await open(browser, hub, { faults });
      await tab.goto(`${hub.url}/admin/windows`);
      await settled(tab);
      await tab.click('button:has-text("Plan a window")');
      await tab.fill("#window-name", "Update of the analyzers");
      await tab.fill("#window-filter", "type=poct_analyzer");
      await tab.waitForSelector("text=/devices? now/");
      await tab.fill("#window-why", "announced");
      hub.expire();
      await tab.click('button[form="window-plan-form"]');
      await tab.waitForSelector("text=Your session has ended");
      await tab.fill("#login-password", "bedrail-demo");
      await tab.press("#login-password", "Enter");
      await tab.waitForSelector("#login-password", { state: "detached" });
      await tab.click('button[form="window-plan-form"]');
      await tab.waitForSelector('#windows-now >> xpath=ancestor::section >> text="Update of the analyzers"');
      const planned = hub.admin.windows.filter((each) => each.name === "Update of the analyzers").length;
      if (planned !== 1) throw new Error(`it was planned ${planned} times`);
      await context.close();
    },
  );

  await check("a filter that is wrong is said before anything is planned", async (faults) => {
    const { tab, context } = await open(browser, hub, { faults });
    await tab.goto(`${hub.url}/admin/audits`);
    await settled(tab);
    await tab.click('button:has-text("Start an audit")');
    await tab.fill("#audit-filter", "colour=red");
    await tab.waitForSelector(".filter-wrong >> text=colour");
    await context.close();
  });

  await check("an overdue audit is on Today, is answered at once and one by one, and signed off", async (faults) => {
    const { tab, context } = await open(browser, hub, { faults });
    await settled(tab);
    await tab.waitForSelector('.tasks li:has-text("change window")');
    await tab.click('.tasks li:has-text("overdue") a');
    await tab.waitForSelector(".audit-items li");
    if (await tab.isEnabled('button:has-text("Sign off")'))
      throw new Error("it can be signed off while devices are open");
    await tab.click('.audit-items li >> nth=0 >> button:has-text("Wrong")');
    await tab.fill("#answer-note", "stands in ward 4");
    await tab.keyboard.press("Enter");
    await tab.waitForSelector('[role="dialog"]', { state: "detached" });
    await tab.click(".audit-bulk input");
    await tab.click('.audit-bulk button:has-text("Confirmed")');
    await tab.waitForSelector("text=Every device is answered.");
    await tab.click('button:has-text("Sign off")');
    await tab.fill("#sign-why", "walked through with the ward");
    await tab.keyboard.press("Enter");
    await tab.waitForSelector('#audit >> xpath=ancestor::section >> text="walked through with the ward"');
    const [audit] = hub.admin.campaigns;
    if (audit.signed_off?.by !== "admin") throw new Error("it is not signed off");
    if (!audit.items.some((each) => each.note === "stands in ward 4")) throw new Error("the note is lost");
    await context.close();
  });

  await check("the last administrator stays, and the page says why", async (faults) => {
    const { tab, context } = await open(browser, hub, { faults });
    await tab.goto(`${hub.url}/admin/users`);
    await settled(tab);
    await tab.click('.plates li:has-text("(you)") button:has-text("Change role")');
    await tab.click("#role-viewer");
    await tab.fill("#user-why", "leaves");
    await tab.keyboard.press("Enter");
    await tab.waitForSelector("text=is the last administrator");
    await context.close();
  });

  await check("a backup is made and listed", async (faults) => {
    const { tab, context } = await open(browser, empty, { faults });
    await tab.goto(`${empty.url}/admin/backups`);
    await tab.waitForSelector("text=No backup lies in the data folder");
    await tab.click('button:has-text("Make a backup")');
    await tab.fill("#backup-recipients", "age1short");
    await tab.click('button[form="backup-form"]');
    await tab.waitForSelector("text=/Public keys.*no age recipient/");
    await tab.fill("#backup-recipients", `age1${"q".repeat(58)}`);
    await tab.click('button[form="backup-form"]');
    await tab.waitForSelector("text=The backup is made");
    await tab.waitForSelector(".plates a[download]");
    await context.close();
  });

  await check("empty pages of Admin say what to do", async (faults) => {
    const { tab, context } = await open(browser, empty, { faults });
    for (const [page, text] of [
      ["sensors", "No sensor has reported yet"],
      ["windows", "No window is planned"],
      ["audits", "No audit is under way"],
      ["models", "No model has defaults"],
    ]) {
      await tab.goto(`${empty.url}/admin/${page}`);
      await tab.waitForSelector(`text=${text}`);
    }
    await context.close();
  });
}
