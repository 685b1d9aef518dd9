import { describe, expect, it } from "vitest";
import { de } from "./de";
import { en } from "./en";

/** Every text with its path. */
function texts(from: object, path = ""): [string, string][] {
  return Object.entries(from).flatMap(([key, value]): [string, string][] =>
    typeof value === "string" ? [[`${path}${key}`, value]] : texts(value, `${path}${key}.`),
  );
}

describe("German", () => {
  const german = new Map(texts(de));
  const english = texts(en).filter(([path]) => !path.startsWith("type."));
  it("has every text that English has", () =>
    expect(english.map(([path]) => path).filter((path) => !german.get(path)?.trim())).toEqual([]));
  it("keeps every placeholder", () => {
    const holes = (text: string) => [...text.matchAll(/\{\{(\w+)\}\}/g)].map((each) => each[1]).sort();
    for (const [path, text] of english) expect(holes(german.get(path) ?? ""), path).toEqual(holes(text));
  });
});

describe("English", () => {
  // Texts of vocabularies are looked up by the word that the hub sends.
  const BY_WORD =
    /^(class|lifecycle|lifecycleAct|effect|effectHint|reaction|patient|weakness|attribute|zone|sensor|severity|actor|source|role|roleText|outcome|permission|kind|type|nav|theme|admin\.tab|windows\.(place|empty)|audits\.shown|backups\.(by|byText|state)|devices\.(column|facet|view)|device\.tabs|map\.columns|merge\.how|talk\.(out|in)$|map\.(picture|matrix)$)/;
  it("has no text that nothing shows", () => {
    const sources = Object.values(
      import.meta.glob<string>("../**/*.{ts,tsx}", { query: "?raw", import: "default", eager: true }),
    ).join("\n");
    const unused = texts(en)
      .map(([path]) => path)
      .filter((path) => !BY_WORD.test(path) && !sources.includes(`"${path.replace(/_(zero|one|other)$/, "")}"`));
    expect(unused).toEqual([]);
  });
});
