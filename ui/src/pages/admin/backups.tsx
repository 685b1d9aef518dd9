import { Alert, Button } from "@patternfly/react-core";
import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { type Backup, backupsQuery, forgetAdmin, operationQuery, removeBackup } from "../../api/admin";
import { useMay } from "../../app/may";
import { absolute, bytes } from "../../design/format";
import { Icon } from "../../design/icon";
import { Empty, Section, When } from "../../design/parts";
import { Command } from "../today/first-run";
import { BackupDialog } from "./backup-dialog";
import { ActDialog } from "./dialog";
import { Loaded } from "./parts";

export function BackupsPage() {
  const { t } = useTranslation();
  const backups = useQuery(backupsQuery);
  const may = useMay();
  const [making, make] = useState(false);
  const [operation, setOperation] = useState<string | null>(null);
  const [removed, remove] = useState<Backup | null>(null);
  return (
    <div className="admin-split">
      <Section
        id="backups"
        title={t("backups.title")}
        className="card-flush"
        action={
          may("backups") && (
            <Button size="sm" icon={<Icon name="plus" size={15} />} onClick={() => make(true)}>
              {t("backups.make")}
            </Button>
          )
        }
      >
        <Operation id={operation} />
        <Loaded of={backups}>
          {() =>
            backups.data?.items.length ? (
              <ul className="plates">
                {backups.data.items.map((each) => (
                  <Plate key={each.id} backup={each} remove={may("backups") ? () => remove(each) : undefined} />
                ))}
              </ul>
            ) : (
              <Empty icon="lock" title={t("backups.none")}>
                <p>{t("backups.noneText")}</p>
              </Empty>
            )
          }
        </Loaded>
      </Section>
      <Section id="restore" title={t("backups.restore")}>
        <div className="stack">
          <p>{t("backups.restoreText")}</p>
          <Command text="bedrail restore hub.age --data /srv/bedrail --identity key.txt" />
          <ul className="dots">
            <li>{t("backups.restoreKey")}</li>
            <li>{t("backups.restoreFolder")}</li>
            <li>{t("backups.restoreSecret")}</li>
          </ul>
        </div>
      </Section>
      {making && <BackupDialog close={() => make(false)} begun={setOperation} />}
      {removed && (
        <ActDialog
          id="backup-remove"
          title={t("backups.removeTitle")}
          text={t("backups.removeText")}
          label={t("backups.remove")}
          danger
          bare
          ready
          act={() => removeBackup(removed.id)}
          close={() => remove(null)}
        >
          <p className="mono">{removed.id}</p>
        </ActDialog>
      )}
    </div>
  );
}

/** How far the backup is that was begun here. */
function Operation({ id }: { id: string | null }) {
  const { t } = useTranslation();
  const { data } = useQuery(operationQuery(id));
  const state = id && data?.id === id ? data.state : id ? "running" : null;
  useEffect(() => {
    if (state === "done") forgetAdmin();
  }, [state]);
  if (!state) return null;
  const variant = state === "failed" ? "danger" : state === "done" ? "success" : "info";
  return (
    <div className="card-note" role="status">
      <Alert isInline variant={variant} title={t(`backups.state.${state}`)} component="p">
        {data?.problem}
      </Alert>
    </div>
  );
}

function Plate({ backup, remove }: { backup: Backup; remove: (() => void) | undefined }) {
  const { t, i18n } = useTranslation();
  const made = absolute(Date.parse(backup.created), i18n.language);
  return (
    <li>
      <div className="plate-head">
        <h3>{made}</h3>
        <span className="quiet">
          <When at={backup.created} /> · {bytes(backup.bytes, i18n.language)}
        </span>
        <span className="plate-act">
          <a
            className="download"
            href={`/api/v1/backups/${encodeURIComponent(backup.id)}`}
            download={`${backup.id}.age`}
          >
            <Icon name="download" size={15} /> {t("backups.fetch")}
            <span className="sr">: {made}</span>
          </a>
          {remove && (
            <Button size="sm" variant="secondary" isDanger onClick={remove}>
              {t("backups.remove")}
              <span className="sr">: {made}</span>
            </Button>
          )}
        </span>
      </div>
      <p className="quiet mono plate-id">{backup.id}</p>
    </li>
  );
}
