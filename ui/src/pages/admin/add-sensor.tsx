// T8: a name, a token that is shown once, and then the page waits until the sensor is heard.
import { Alert, Button, Modal, ModalBody, ModalFooter, ModalHeader } from "@patternfly/react-core";
import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { enrolSensor } from "../../api/admin";
import type { Schemas, Sensor } from "../../api/client";
import { aboutQuery, sensorsQuery } from "../../api/queries";
import "../../design/admin.css";
import { number } from "../../design/format";
import { Icon } from "../../design/icon";
import { Copy } from "../../design/parts";
import { Wire } from "../../design/wire";
import { TextField, useAct } from "./dialog";

/** Where a hub listens for sensors that does not say. */
const PORT = 8444;
const FOLDER = "/var/lib/bedrail-sensor";
/** The hub tells what is new; this is for what it told while nobody listened. */
const LOOK_AGAIN = 5000;

export function AddSensor({ close }: { close: () => void }) {
  const { t } = useTranslation();
  const [made, setMade] = useState<Schemas["EnrolmentToken"] | null>(null);
  return (
    <Modal isOpen variant="medium" aria-labelledby="enrol-title" onClose={close} elementToFocus="#enrol-name">
      <ModalHeader title={t("enrol.add")} labelId="enrol-title" description={made ? undefined : t("enrol.text")} />
      {made ? <Steps made={made} close={close} /> : <Name made={setMade} close={close} />}
    </Modal>
  );
}

function Name({ made, close }: { made: (token: Schemas["EnrolmentToken"]) => void; close: () => void }) {
  const { t } = useTranslation();
  const [name, setName] = useState("");
  const { busy, problem, run } = useAct({ "/name": t("enrol.name") });
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (name.trim() !== "") await run(async (key) => made(await enrolSensor(name.trim(), key)));
  };
  return (
    <>
      <ModalBody>
        <form id="enrol" onSubmit={submit} className="stack">
          <TextField
            id="enrol-name"
            label={t("enrol.name")}
            hint={t("enrol.nameHint")}
            value={name}
            set={setName}
            max={64}
            first
          />
          {problem && <Alert isInline variant="danger" title={problem} component="p" aria-live="assertive" />}
        </form>
      </ModalBody>
      <ModalFooter>
        <Button type="submit" form="enrol" isDisabled={name.trim() === "" || busy} isLoading={busy}>
          {t("enrol.make")}
        </Button>
        <Button variant="link" onClick={close}>
          {t("state.cancel")}
        </Button>
      </ModalFooter>
    </>
  );
}

function Steps({ made, close }: { made: Schemas["EnrolmentToken"]; close: () => void }) {
  const { t } = useTranslation();
  const about = useQuery(aboutQuery);
  const [typed, setHub] = useState<string | null>(null);
  const hub = typed ?? `https://${window.location.hostname}:${about.data?.sensor_port ?? PORT}`;
  const sensors = useQuery({ ...sensorsQuery, refetchInterval: LOOK_AGAIN });
  const sensor = sensors.data?.items.find((each) => each.id === made.sensor);
  const heard = sensor !== undefined && sensor.last_heard !== null;
  const steps = useRef<HTMLOListElement>(null);
  // The button that led here is gone: what reads the page goes on with the steps.
  useEffect(() => steps.current?.focus({ preventScroll: true }), []);
  return (
    <>
      <ModalBody>
        <ol className="enrol-steps stack" ref={steps} tabIndex={-1}>
          <li>
            <h2>{t("enrol.step1")}</h2>
            <TextField id="enrol-hub" label={t("enrol.hub")} hint={t("enrol.hubHint")} value={hub} set={setHub} />
            <Line text={`bedrail sensor enrol --hub ${hub.trim()} --data ${FOLDER}`} what={t("enrol.command")} />
          </li>
          <li>
            <h2>{t("enrol.step2")}</h2>
            <Line text={made.token} what={t("enrol.token")} secret />
            <Left until={made.expires_at} used={sensor !== undefined} />
          </li>
          <li>
            <h2>{t("enrol.step3")}</h2>
            <Line text={`bedrail sensor run --data ${FOLDER} --interface eth1`} what={t("enrol.run")} />
            <p className="quiet">{t("enrol.runHint")}</p>
          </li>
        </ol>
        <Progress name={made.name} sensor={sensor} heard={heard} />
      </ModalBody>
      <ModalFooter>
        <Button variant={heard ? "primary" : "secondary"} onClick={close}>
          {t(heard ? "enrol.finish" : "state.close")}
        </Button>
        {!sensor && <span className="quiet">{t("enrol.closeHint")}</span>}
      </ModalFooter>
    </>
  );
}

function Line({ text, what, secret }: { text: string; what: string; secret?: boolean }) {
  return (
    <div className={secret ? "command command-secret" : "command"}>
      <code>{text}</code>
      <Copy text={text} label={what} />
    </div>
  );
}

/** How long the token is still good for. */
function Left({ until, used }: { until: string; used: boolean }) {
  const { t, i18n } = useTranslation();
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 5000);
    return () => clearInterval(timer);
  }, []);
  const end = Date.parse(until);
  const minutes = Math.max(0, Math.floor((end - now) / 60_000));
  const at = new Intl.DateTimeFormat(i18n.language, { timeStyle: "short" }).format(end);
  return (
    <p className="quiet">
      {used ? t("enrol.used") : end <= now ? t("enrol.expired") : t("enrol.expires", { count: minutes, at })}
    </p>
  );
}

function Progress({ name, sensor, heard }: { name: string; sensor: Sensor | undefined; heard: boolean }) {
  const { t, i18n } = useTranslation();
  const steps = [
    { done: true, text: t("enrol.tokenMade") },
    { done: sensor !== undefined, text: t(sensor ? "enrol.isEnrolled" : "enrol.waitsEnrol") },
    {
      done: heard,
      text: heard
        ? sensor?.frames
          ? t("enrol.isHeard", { frames: number(sensor.frames, i18n.language) })
          : t("enrol.isQuiet")
        : t("enrol.waitsBatch"),
    },
  ];
  return (
    <section className={heard ? "enrol-state enrol-heard" : "enrol-state"} aria-labelledby="enrol-state">
      <h2 id="enrol-state">
        <Wire>{name}</Wire>
      </h2>
      <div role="status">
        <ul>
          {steps.map(({ done, text }, place) => (
            <li key={text} className={done ? "done" : steps[place - 1]?.done ? "next" : undefined}>
              <Icon name={done ? "check" : "clock"} size={16} />
              {text}
            </li>
          ))}
        </ul>
      </div>
      {heard && <p>{t("enrol.well")}</p>}
    </section>
  );
}
