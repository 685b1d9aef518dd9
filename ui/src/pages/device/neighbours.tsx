// The neighbourhood of a device: it at the left, its busiest peers at the right, lines by volume and protection.
// No force-directed graph: the place of a peer is its rank.

import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import type { Conversation } from "../../api/client";
import { bytes } from "../../design/format";
import { Icon } from "../../design/icon";
import { Wire } from "../../design/wire";
import { neighboursOf, type Protection } from "./peers";

const ROW = 44;

export function Neighbours({ conversations, most }: { conversations: Conversation[]; most: number }) {
  const { t, i18n } = useTranslation();
  const all = neighboursOf(conversations);
  const shown = all.slice(0, most);
  const height = Math.max(shown.length * ROW, ROW);
  const top = Math.max(1, ...shown.map((each) => Math.log10(each.volume + 1)));
  return (
    <div className="near" style={{ minHeight: height }}>
      <svg
        className="near-lines"
        viewBox={`0 0 160 ${height}`}
        preserveAspectRatio="none"
        style={{ height }}
        role="img"
        aria-label={t("talk.graph")}
      >
        {shown.map((each, place) => {
          const y = place * ROW + ROW / 2;
          return (
            <path
              key={each.key}
              className={`line line-${each.protection}`}
              d={`M0 ${height / 2} C 80 ${height / 2} 80 ${y} 160 ${y}`}
              style={{ strokeWidth: 1.5 + (Math.log10(each.volume + 1) / top) * 3 }}
            />
          );
        })}
      </svg>
      <ul>
        {shown.map((each) => (
          <li key={each.key} style={{ height: ROW }}>
            <ProtectionMark of={each.protection} />
            <div>
              {each.device ? (
                <Link to="/devices/$id" params={{ id: each.device }} className="clip">
                  <Wire>{each.name}</Wire>
                </Link>
              ) : (
                <Wire className="clip">{each.name}</Wire>
              )}
              <span className="quiet clip mono">
                {each.services.join(", ")} · {bytes(each.volume, i18n.language)}
              </span>
            </div>
          </li>
        ))}
      </ul>
      {all.length > shown.length && (
        <p className="quiet near-rest">{t("talk.other", { count: all.length - shown.length })}</p>
      )}
    </div>
  );
}

export function ProtectionMark({ of, word }: { of: Protection; word?: boolean }) {
  const { t } = useTranslation();
  const text = t(of === "clinical" ? "talk.clinicalClear" : of === "encrypted" ? "talk.encrypted" : "talk.clear");
  return (
    <span className={`protect protect-${of}`} title={word ? undefined : text}>
      <Icon name={of === "encrypted" ? "lock" : "unlock"} size={14} />
      <span className={word ? undefined : "sr"}>{text}</span>
    </span>
  );
}
