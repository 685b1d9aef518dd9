// The clinical attributes that a model can have a default for, and their vocabularies.
import { useWords } from "../../design/words";

export const CLINICAL = [
  "clinical_class",
  "network_loss_effect",
  "reaction_time",
  "maintenance_window",
  "clinical_owner",
  "biomed_owner",
];
export const PERMISSIONS = [
  "permission_passive_only",
  "permission_bench_scan_ok",
  "permission_live_scan_ok",
  "permission_patch_ok",
  "permission_av_ok",
  "permission_inline_gateway_validated",
];
/** What is not stated is unknown, so unknown itself is not offered. */
export const CHOICES: Record<string, { words: string[]; vocabulary: "class" | "effect" | "reaction" }> = {
  clinical_class: {
    words: ["life_sustaining", "therapeutic", "monitoring_alarm", "diagnostic", "support", "non_clinical"],
    vocabulary: "class",
  },
  network_loss_effect: {
    words: ["alarms_lost", "therapy_continues_locally", "orders_delayed", "images_delayed", "no_effect"],
    vocabulary: "effect",
  },
  reaction_time: { words: ["seconds", "minutes", "hours", "days"], vocabulary: "reaction" },
};

/** A value of an attribute in the reader's words. */
export function useClinicalValue(): (attribute: string, value: string) => string {
  const word = useWords();
  return (attribute, value) => {
    const choice = CHOICES[attribute];
    return choice ? word(choice.vocabulary, value) : value;
  };
}

export type Values = Record<string, string>;

/** What differs: a value that was emptied is taken back. */
export function changesOf(before: Values, after: Values): Record<string, string | null> {
  const changes: Record<string, string | null> = {};
  for (const [attribute, value] of Object.entries(after))
    if (value.trim() !== (before[attribute] ?? "")) changes[attribute] = value.trim() === "" ? null : value.trim();
  return changes;
}
