// Every address of the pages is looked at and has its picture, and every picture is of something.
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it, vi } from "vitest";
import { start } from "../mock/server.mjs";
import { router } from "../src/app/router.tsx";
import { routes } from "./browser.mjs";
import { addresses, LOOKS, names, shownIn } from "./pictures.mjs";

// Only addresses are asked for here; the parts bring style sheets that Node cannot read.
vi.mock("@patternfly/react-core", () => ({}));

const DOCS = fileURLToPath(new URL("../../docs/", import.meta.url));
const IDS = { modality: "dev_1", monitor: "dev_2", vague: "dev_3", outside: "dev_4", zone: "vlan:10", audit: "cmp_1" };

/** Addresses that show a page of their own: neither a frame around others nor one that only leads on. */
const shown = () =>
  Object.values(router.routesById)
    .filter((each) => each.fullPath && each.options.component && !each.children?.length)
    .map((each) => each.fullPath);

/** The addresses of the router that none of these paths is of. */
const missed = (paths) =>
  shown().filter((address) => {
    const form = new RegExp(`^${address.replace(/\$\w+/g, "[^/]+")}$`);
    return !paths.some((path) => form.test(path.split("?")[0]));
  });

describe("the addresses of the router", () => {
  it("are those of many pages", () => expect(shown().length).toBeGreaterThan(12));
  it("each have a picture", () => expect(missed(Object.values(addresses(IDS)))).toEqual([]));
  it("are each looked at in the mock", async () => {
    const hub = await start({ live: false });
    const paths = Object.values(routes(hub.world));
    await hub.stop();
    expect(missed(paths)).toEqual([]);
  });
  it("are missed when one is left out", () => {
    const { "admin-audit": _, ...others } = addresses(IDS);
    expect(missed(Object.values(others))).toEqual(["/admin/audits/$id"]);
  });
});

describe("docs/screenshots", () => {
  const wanted = names()
    .flatMap((name) => LOOKS.filter((look) => shownIn(name, look)).map((look) => `${name}-${look}.webp`))
    .sort();
  it("has every picture and no other", () => expect(readdirSync(`${DOCS}screenshots`).sort()).toEqual(wanted));
  it("is shown in docs/ui.md, each page at least once", () => {
    const text = readFileSync(`${DOCS}ui.md`, "utf8");
    expect(names().filter((name) => !LOOKS.some((look) => text.includes(`screenshots/${name}-${look}.webp`)))).toEqual(
      [],
    );
  });
});
