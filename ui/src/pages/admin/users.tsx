import { Button } from "@patternfly/react-core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { type Account, usersQuery } from "../../api/admin";
import { sessionQuery } from "../../api/queries";
import { useMay } from "../../app/may";
import { Icon } from "../../design/icon";
import { Section, When } from "../../design/parts";
import { Wire } from "../../design/wire";
import { useWords } from "../../design/words";
import { Loaded } from "./parts";
import { AddUser, PasswordDialog, ROLES, RoleDialog } from "./user-dialogs";

type Opened = { what: "add" } | { what: "role" | "password"; name: string } | null;

export function UsersPage() {
  const { t } = useTranslation();
  const users = useQuery(usersQuery);
  const may = useMay();
  const [opened, open] = useState<Opened>(null);
  // Read anew from the list, so that a dialog knows the version that another person made.
  const chosen = opened && opened.what !== "add" ? users.data?.items.find((each) => each.name === opened.name) : null;
  return (
    <div className="admin-split">
      <Section
        id="users"
        title={t("users.title")}
        className="card-flush"
        action={
          may("accounts") && (
            <Button size="sm" icon={<Icon name="plus" size={15} />} onClick={() => open({ what: "add" })}>
              {t("users.add")}
            </Button>
          )
        }
      >
        <Loaded of={users}>
          {() => (
            <ul className="plates">
              {users.data?.items.map((each) => (
                <Plate key={each.name} user={each} open={open} />
              ))}
            </ul>
          )}
        </Loaded>
      </Section>
      <Roles />
      {opened?.what === "add" && <AddUser close={() => open(null)} />}
      {chosen && opened?.what === "role" && <RoleDialog user={chosen} close={() => open(null)} />}
      {chosen && opened?.what === "password" && <PasswordDialog user={chosen} close={() => open(null)} />}
    </div>
  );
}

function Plate({ user, open }: { user: Account; open: (what: Opened) => void }) {
  const { t } = useTranslation();
  const word = useWords();
  const self = useQuery(sessionQuery).data?.user.name === user.name;
  return (
    <li>
      <div className="plate-head">
        <span className="avatar" aria-hidden="true">
          {user.name.slice(0, 1).toUpperCase()}
        </span>
        <h3 className="wrap">
          <Wire>{user.name}</Wire>
          {self && <span className="quiet"> {t("users.you")}</span>}
        </h3>
        <span className={`flag flag-quiet role-${user.role}`}>{word("role", user.role)}</span>
        <span className="plate-act">
          <Button size="sm" variant="secondary" onClick={() => open({ what: "role", name: user.name })}>
            {t("users.role")}
            <span className="sr">: {user.name}</span>
          </Button>
          {!self && (
            <Button size="sm" variant="secondary" onClick={() => open({ what: "password", name: user.name })}>
              {t("users.password")}
              <span className="sr">: {user.name}</span>
            </Button>
          )}
        </span>
      </div>
      <dl className="plate-facts">
        <div>
          <dt>{t("users.visit")}</dt>
          <dd>{user.last_visit ? <When at={user.last_visit} /> : t("users.neverVisited")}</dd>
        </div>
        <div>
          <dt>{t("users.created")}</dt>
          <dd>
            <When at={user.created} />
          </dd>
        </div>
      </dl>
    </li>
  );
}

/** What a role may do, in plain words. */
function Roles() {
  const { t } = useTranslation();
  const word = useWords();
  return (
    <Section id="roles" title={t("users.roles")}>
      <dl className="roles">
        {ROLES.map((each) => (
          <div key={each}>
            <dt>{word("role", each)}</dt>
            <dd>{word("roleText", each)}</dd>
          </div>
        ))}
      </dl>
      <p className="quiet roles-note">{t("users.noDelete")}</p>
    </Section>
  );
}
