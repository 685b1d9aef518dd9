import { Alert, Button, Radio } from "@patternfly/react-core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { type Account, addUser, type Role, setOwnPassword, setPassword, setRole } from "../../api/admin";
import { Copy } from "../../design/parts";
import { useWords } from "../../design/words";
import { ActDialog, TextField, WhyField } from "./dialog";

export const ROLES: Role[] = ["admin", "engineer", "viewer"];
/** The hub refuses shorter ones. */
const SHORTEST = 12;
/** Letters and digits that are not taken for one another when they are read out. */
const PLAIN = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";

/** Some 116 bits; a byte that would make some letters likelier is thrown away. */
function madeUp(): string {
  const most = 256 - (256 % PLAIN.length);
  let text = "";
  while (text.length < 20)
    for (const byte of crypto.getRandomValues(new Uint8Array(32)))
      if (byte < most && text.length < 20) text += PLAIN.charAt(byte % PLAIN.length);
  return text;
}

export function AddUser({ close }: { close: () => void }) {
  const { t } = useTranslation();
  const [name, setName] = useState("");
  const [role, chooseRole] = useState<Role>("viewer");
  const [password, choosePassword] = useState("");
  const [why, setWhy] = useState("");
  return (
    <ActDialog
      id="user-add"
      title={t("users.add")}
      label={t("users.addDo")}
      ready={name.trim() !== "" && password.length >= SHORTEST && why.trim() !== ""}
      act={(key) => addUser({ name: name.trim(), role, password, why: why.trim() }, key)}
      places={{ "/name": t("login.name"), "/password": t("login.password"), "/why": t("bulk.why") }}
      close={close}
    >
      <TextField
        id="user-name"
        label={t("login.name")}
        hint={t("users.nameHint")}
        value={name}
        set={setName}
        max={64}
        first
      />
      <RoleChoice value={role} set={chooseRole} />
      <PasswordChoice value={password} set={choosePassword} />
      <WhyField id="user-why" value={why} set={setWhy} />
    </ActDialog>
  );
}

export function RoleDialog({ user, close }: { user: Account; close: () => void }) {
  const { t } = useTranslation();
  const [role, chooseRole] = useState<Role>(user.role);
  const [why, setWhy] = useState("");
  return (
    <ActDialog
      id="user-role"
      title={t("users.roleTitle", { name: user.name })}
      text={t("users.roleNow")}
      label={t("users.role")}
      ready={role !== user.role && why.trim() !== ""}
      act={() => setRole(user, role, why.trim())}
      close={close}
    >
      <RoleChoice value={role} set={chooseRole} />
      <WhyField id="user-why" value={why} set={setWhy} />
    </ActDialog>
  );
}

export function PasswordDialog({ user, close }: { user: Account; close: () => void }) {
  const { t } = useTranslation();
  const [password, choosePassword] = useState("");
  const [why, setWhy] = useState("");
  return (
    <ActDialog
      id="user-password"
      title={t("users.passwordTitle", { name: user.name })}
      text={t("users.passwordText")}
      label={t("users.password")}
      ready={password.length >= SHORTEST && why.trim() !== ""}
      act={() => setPassword(user, password, why.trim())}
      places={{ "/password": t("login.password") }}
      close={close}
    >
      <PasswordChoice value={password} set={choosePassword} />
      <WhyField id="user-why" value={why} set={setWhy} />
    </ActDialog>
  );
}

/** Everybody changes the own password. */
export function OwnPassword({ close }: { close: () => void }) {
  const { t } = useTranslation();
  const [current, setCurrent] = useState("");
  const [next, setNext] = useState("");
  const [again, setAgain] = useState("");
  return (
    <ActDialog
      id="own-password"
      title={t("users.own")}
      text={t("users.ownText")}
      label={t("users.ownDo")}
      ready={current !== "" && next.length >= SHORTEST && next === again}
      act={() => setOwnPassword(current, next)}
      places={{ "/current": t("users.current"), "/password": t("users.next") }}
      close={close}
    >
      <TextField
        id="own-current"
        type="password"
        label={t("users.current")}
        value={current}
        set={setCurrent}
        max={1024}
        first
      />
      <TextField
        id="own-next"
        type="password"
        label={t("users.next")}
        hint={t("users.passwordHint", { count: SHORTEST })}
        value={next}
        set={setNext}
        max={1024}
      />
      <TextField id="own-again" type="password" label={t("users.again")} value={again} set={setAgain} max={1024} />
      {again !== "" && again !== next && <Alert isInline variant="warning" title={t("users.differ")} component="p" />}
    </ActDialog>
  );
}

function RoleChoice({ value, set }: { value: Role; set: (role: Role) => void }) {
  const { t } = useTranslation();
  const word = useWords();
  return (
    <fieldset className="choice">
      <legend>{t("users.roleOf")}</legend>
      {ROLES.map((each) => (
        <Radio
          key={each}
          id={`role-${each}`}
          name="role"
          label={word("role", each)}
          description={word("roleText", each)}
          isChecked={value === each}
          onChange={() => set(each)}
        />
      ))}
    </fieldset>
  );
}

/** A first password, to be handed over: typed, or made up and shown. */
function PasswordChoice({ value, set }: { value: string; set: (password: string) => void }) {
  const { t } = useTranslation();
  const [shown, setShown] = useState(false);
  return (
    <div className="password">
      <TextField
        id="user-password-new"
        type={shown ? "text" : "password"}
        label={t("login.password")}
        hint={t("users.passwordHint", { count: SHORTEST })}
        value={value}
        set={set}
        max={1024}
      />
      <div className="password-acts">
        <Button
          variant="secondary"
          size="sm"
          onClick={() => {
            set(madeUp());
            setShown(true);
          }}
        >
          {t("users.makeUp")}
        </Button>
        <Button variant="link" size="sm" aria-pressed={shown} onClick={() => setShown(!shown)}>
          {t(shown ? "users.hide" : "users.show")}
        </Button>
        {shown && value !== "" && <Copy text={value} label={t("login.password")} />}
      </div>
    </div>
  );
}
