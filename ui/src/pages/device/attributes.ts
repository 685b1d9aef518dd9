// What can be stated about a device, and how its values are read. The hub refuses what it does not know.
import type { useWords } from "../../design/words";

const PERMISSIONS = [
  "passive_only",
  "bench_scan_ok",
  "live_scan_ok",
  "patch_ok",
  "av_ok",
  "inline_gateway_validated",
].map((each) => `permission_${each}`);

/** What a device means for a patient, the gravest question first. */
export const CLINICAL = [
  "clinical_class",
  "network_loss_effect",
  "reaction_time",
  "clinical_owner",
  "biomed_owner",
  "maintenance_window",
];

export const STATABLE = [
  "location",
  "name",
  "manufacturer",
  "model",
  "serial",
  "device_type",
  "udi",
  "institution",
  ...CLINICAL,
  ...PERMISSIONS,
];

/** Attributes that are a word of a vocabulary. Nobody states `unknown`: it is what is not stated. */
export const WORDS: Record<string, string[]> = {
  clinical_class: ["life_sustaining", "therapeutic", "monitoring_alarm", "diagnostic", "support", "non_clinical"],
  network_loss_effect: ["alarms_lost", "therapy_continues_locally", "orders_delayed", "images_delayed", "no_effect"],
  reaction_time: ["seconds", "minutes", "hours", "days"],
};

export const hintOf = (attribute: string) =>
  attribute === "maintenance_window"
    ? "clinical.windowHint"
    : attribute.startsWith("permission_")
      ? "clinical.permissionHint"
      : attribute === "device_type"
        ? "clinical.typeHint"
        : undefined;

/** A value in the reader's words. */
export function showValue(word: ReturnType<typeof useWords>, attribute: string, value: string): string {
  switch (attribute) {
    case "clinical_class":
      return word("class", value);
    case "network_loss_effect":
      return word("effect", value);
    case "reaction_time":
      return word("reaction", value);
    case "device_type":
      return word("type", value);
    default:
      return value;
  }
}
