import { describe, expect, it } from "vitest";
import type { Conversation } from "../../api/client";
import { byGravity, severityOf, worst } from "../../design/severity";
import { neighboursOf } from "./peers";
import { wiresharkFilter } from "./wireshark";

const talk = (more: Partial<Conversation>): Conversation => ({
  peer: { device: "dev_1", ip: null, mac: null, name: "a" },
  direction: "out",
  transport: "tcp",
  port: 1,
  protocol: null,
  flows: 1,
  bytes: [1, 1],
  encrypted: true,
  patient_data: false,
  cleartext_clinical: false,
  weaknesses: [],
  first_seen: "",
  last_seen: "",
  ...more,
});

describe("the filter for Wireshark", () => {
  it("names frame and field", () =>
    expect(wiresharkFilter({ frame: 7, field: "hl7.msh.sending_application" })).toBe(
      "frame.number == 7 && hl7.msh.sending_application",
    ));
  it("never carries what is not a field's name", () =>
    expect(wiresharkFilter({ frame: 7, field: "x || true; rm" })).toBe("frame.number == 7"));
});

describe("neighbours", () => {
  it("are joined by device, busiest first, with the worst protection", () => {
    const all = neighboursOf([
      talk({ protocol: "tls" }),
      talk({ peer: { device: "dev_2", ip: null, mac: null, name: "b" }, bytes: [50, 0] }),
      talk({ protocol: "hl7", encrypted: false, cleartext_clinical: true }),
    ]);
    expect(all.map((each) => [each.key, each.protection, each.services, each.volume])).toEqual([
      ["dev_2", "encrypted", ["tcp/1"], 50],
      ["dev_1", "clinical", ["tls", "hl7"], 4],
    ]);
  });
});

describe("severity", () => {
  it("of nothing is good, of several the gravest", () => {
    expect(worst([])).toBe("ok");
    expect(worst(["ntlm", "cleartext_credentials", "smb1"])).toBe("critical");
  });
  it("of a word that is not known is low, never good", () => expect(severityOf("from_a_newer_hub")).toBe("low"));
  it("orders gravest first", () =>
    expect(["ntlm", "smb1", "cleartext_credentials"].sort(byGravity)).toEqual([
      "cleartext_credentials",
      "smb1",
      "ntlm",
    ]));
});
