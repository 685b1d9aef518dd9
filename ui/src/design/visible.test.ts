import { expect, it } from "vitest";
import { visible } from "./visible";

it("writes out what turns the direction of text or has no width", () => {
  expect(visible("\u202Etxt.exe\u202C")).toBe("‹U+202E›txt.exe‹U+202C›");
  expect(visible("pump\u200b-1\u0007")).toBe("pump‹U+200B›-1‹U+0007›");
});
it("leaves every other text as it is", () => expect(visible("Dräger Evita® 病院 é")).toBe("Dräger Evita® 病院 é"));
