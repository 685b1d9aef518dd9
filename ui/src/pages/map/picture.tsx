import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { Icon } from "../../design/icon";
import { ScrollBox, SeverityShape } from "../../design/parts";
import { Wire } from "../../design/wire";
import { useWords } from "../../design/words";
import { boxOf, type Conduit, columnOf, columnsOf, type Link, place, SMALL_BOX, type Zone } from "./layout";

const CLASSES = [
  "unknown",
  "life_sustaining",
  "therapeutic",
  "monitoring_alarm",
  "diagnostic",
  "support",
  "non_clinical",
];

const look = (link: Link) => (link.clinicalClear > 0 ? "clinical" : link.encryptedShare >= 0.5 ? "encrypted" : "clear");

interface Props {
  zones: Zone[];
  conduits: Conduit[];
  chosen: string | undefined;
  choose: (zone: string | undefined) => void;
}

export function Picture({ zones, conduits, chosen, choose }: Props) {
  const { t } = useTranslation();
  const frame = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(0);
  const [hover, setHover] = useState<string | undefined>();
  useEffect(() => {
    const element = frame.current;
    if (!element) return;
    const watcher = new ResizeObserver(() => setWidth(element.clientWidth));
    watcher.observe(element);
    return () => watcher.disconnect();
  }, []);
  const columns = [...columnsOf(zones).keys()];
  const box = boxOf(zones);
  const { boxes, lines, height } = place(
    zones,
    conduits,
    Math.max(width, columns.length * box.width + (columns.length - 1) * 40),
  );
  const focus = hover ?? chosen;
  const touches = (link: Link) => !focus || link.a === focus || link.b === focus;
  // What matters most is drawn last.
  const order = ["encrypted", "clear", "clinical"];
  const drawn = [...lines].sort((a, b) => order.indexOf(look(a.link)) - order.indexOf(look(b.link)));
  return (
    <section className="card map-card" aria-label={t("map.picture")}>
      <ScrollBox className="map-scroll" label={t("map.picture")}>
        <div ref={frame} className="map-frame" style={{ height }}>
          {width > 0 && (
            <>
              <svg className="map-lines" width="100%" height={height} aria-hidden="true" focusable="false">
                {drawn.map(({ link, path, width: stroke }) => (
                  <path
                    key={link.key}
                    d={path}
                    className={`line line-${look(link)}${touches(link) ? "" : " line-dim"}`}
                    style={{ strokeWidth: stroke }}
                  />
                ))}
              </svg>
              {columns.map((name) => {
                const first = boxes.find((each) => columnOf(each.zone) === name);
                return (
                  <h2 key={name} className="map-column" style={{ left: first?.x ?? 0, width: box.width }}>
                    {t(`map.columns.${name}`)}
                  </h2>
                );
              })}
              {boxes.map(({ zone, x, y }) => (
                // biome-ignore lint/a11y/noStaticElementInteractions: hovering only emphasizes; the button inside does the choosing
                <div
                  key={zone.id}
                  className={
                    focus &&
                    focus !== zone.id &&
                    !lines.some(({ link }) => touches(link) && (link.a === zone.id || link.b === zone.id))
                      ? "map-place map-dim"
                      : "map-place"
                  }
                  style={{ left: x, top: y, width: box.width, height: box.height }}
                  onMouseEnter={() => setHover(zone.id)}
                  onMouseLeave={() => setHover(undefined)}
                >
                  <ZoneBox
                    zone={zone}
                    conduits={conduits}
                    chosen={chosen === zone.id}
                    choose={choose}
                    small={box === SMALL_BOX}
                  />
                </div>
              ))}
            </>
          )}
        </div>
      </ScrollBox>
      <ul className="legend">
        {(["clinical", "clear", "encrypted"] as const).map((each) => (
          <li key={each}>
            <svg width="34" height="10" aria-hidden="true" focusable="false">
              <path d="M1 5H33" className={`line line-${each}`} style={{ strokeWidth: 3 }} />
            </svg>
            {t(each === "clinical" ? "map.legendClear" : each === "clear" ? "map.legendOther" : "map.legendEncrypted")}
          </li>
        ))}
      </ul>
    </section>
  );
}

export function ZoneBox({
  zone,
  conduits,
  chosen,
  choose,
  small,
}: {
  zone: Zone;
  conduits: Conduit[];
  chosen: boolean;
  choose: Props["choose"];
  small?: boolean;
}) {
  const { t } = useTranslation();
  const word = useWords();
  const clear = conduits
    .filter((each) => each.from === zone.id || each.to === zone.id)
    .reduce((sum, each) => sum + each.cleartext_clinical, 0);
  const classes = CLASSES.filter((each) => (zone.by_class[each] ?? 0) > 0);
  return (
    <button type="button" className="zone" aria-pressed={chosen} onClick={() => choose(zone.id)}>
      <span className="zone-head">
        <Icon name={zone.kind === "outside" ? "external" : "map"} size={15} />
        <b className="clip">
          <Wire>{zone.name}</Wire>
        </b>
        {small && (
          <span className="zone-count">
            {clear > 0 && (
              <span
                className="sev sev-high"
                title={`${t("map.clearCount", { count: clear })}: ${t("map.legendClear")}`}
              >
                <SeverityShape severity="high" size={11} />
                {clear}
                <span className="sr"> {t("map.legendClear")},</span>
              </span>
            )}
            <span>
              {zone.devices}
              <span className="sr"> {t("map.devices", { count: zone.devices })}</span>
            </span>
          </span>
        )}
      </span>
      {!small && (
        <span className="quiet">
          {word("zone", zone.kind)} · {t("map.devices", { count: zone.devices })}
        </span>
      )}
      <span
        className="zone-classes"
        title={classes.map((each) => `${word("class", each)}: ${zone.by_class[each]}`).join(", ")}
      >
        <span className="sr">{classes.map((each) => `${word("class", each)}: ${zone.by_class[each]}`).join(", ")}</span>
        {classes.map((each) => (
          <i
            key={each}
            aria-hidden="true"
            className={each === "unknown" ? "hatched" : undefined}
            style={{ flexGrow: zone.by_class[each], color: `var(--c-${each})` }}
          />
        ))}
      </span>
      {!small && clear > 0 && (
        <span className="sev sev-high">
          <SeverityShape severity="high" size={11} />
          {t("map.clearCount", { count: clear })}
          <span className="sr"> {t("map.legendClear")}</span>
        </span>
      )}
    </button>
  );
}
