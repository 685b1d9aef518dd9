import type { Sensor } from "../../api/client";
import { SeverityShape } from "../../design/parts";
import type { Severity } from "../../design/severity";
import { useWords } from "../../design/words";

/** Whether a sensor is heard, by shape and word. */
export function SensorState({ sensor, short }: { sensor: Sensor; short?: boolean }) {
  const word = useWords();
  const severity: Severity =
    sensor.state === "silent"
      ? "high"
      : sensor.blind_spots.length > 0 || sensor.dropped_share > 0.001
        ? "medium"
        : "ok";
  return (
    <span className={`sev sev-${severity}`} title={short ? word("sensor", sensor.state) : undefined}>
      <SeverityShape severity={severity} />
      <span className={short ? "sr" : undefined}>{word("sensor", sensor.state)}</span>
    </span>
  );
}
