import { describe, expect, it } from "vitest";
import { may } from "../../app/may";
import { changesOf } from "./model-fields";
import { placesOf } from "./places";

describe("what is offered to a role", () => {
  it("is nothing that changes anything for a viewer, and nothing at all for a role that is not known", () => {
    for (const role of ["viewer", "auditor", undefined])
      for (const act of ["accounts", "answers", "audits", "backups", "models", "record", "sensors", "windows"] as const)
        expect(may(role, act), `${role} ${act}`).toBe(false);
  });
  it("leaves accounts, backups and sensors to administrators", () => {
    const only = (["accounts", "backups", "sensors", "audits", "windows"] as const).filter(
      (act) => may("admin", act) && !may("engineer", act),
    );
    expect(only).toEqual(["accounts", "backups", "sensors"]);
  });
  it("hides pages that the hub would refuse", () => {
    expect(placesOf("viewer").map((each) => each.word)).toEqual(["sensors", "windows", "audits", "models", "about"]);
    expect(placesOf("admin")).toHaveLength(8);
  });
});

describe("a change of defaults", () => {
  const before = { clinical_class: "support", clinical_owner: "ICU" };
  it("names only what differs, and takes back what was emptied", () => {
    const after = { clinical_class: "support", clinical_owner: " ", reaction_time: " minutes " };
    expect(changesOf(before, after)).toEqual({ clinical_owner: null, reaction_time: "minutes" });
  });
  it("is none when nothing differs", () => expect(changesOf(before, { ...before, biomed_owner: "" })).toEqual({}));
});
