// Words of controlled vocabularies in the reader's language. A word that is not known here is shown as it came.
import { useCallback } from "react";
import { useTranslation } from "react-i18next";

type Vocabulary =
  | "class"
  | "lifecycle"
  | "lifecycleAct"
  | "effect"
  | "effectHint"
  | "reaction"
  | "patient"
  | "weakness"
  | "attribute"
  | "zone"
  | "sensor"
  | "severity"
  | "actor"
  | "role"
  | "roleText"
  | "outcome"
  | "permission"
  | "kind"
  | "source"
  | "type";

/** `ct_scanner` -> `CT scanner`, for words without a translation. */
export function plain(word: string): string {
  const text = word.replaceAll("_", " ");
  return (text.charAt(0).toUpperCase() + text.slice(1)).replace(
    /^(Ct|Mr|Ecg|Ip|Ehr|Poct|Pacs|Dicom|Ups|Pdu|Nas|Nvr|Plc|Pmu|Hmi|Hl7|Av|Tv|Voip|Bacnet)\b/,
    (each) => ({ Voip: "VoIP", Bacnet: "BACnet" })[each] ?? each.toUpperCase(),
  );
}

export function useWords() {
  const { i18n, t } = useTranslation();
  return useCallback(
    (vocabulary: Vocabulary, word: string | null | undefined): string => {
      if (word === null || word === undefined || word === "") return t("state.unknown");
      const key = `${vocabulary}.${word}`;
      return /^[a-z0-9_]+$/.test(word) && i18n.exists(key) ? i18n.t(key as "class.unknown") : plain(word);
    },
    [i18n, t],
  );
}
