import { Alert, Button, Form, FormGroup, TextInput } from "@patternfly/react-core";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { ProblemError } from "../api/client";
import { logIn } from "../api/queries";
import { Mark } from "../design/icon";

export function LoginPage() {
  const { t } = useTranslation();
  return (
    <main className="login">
      <div className="login-box">
        <div className="login-brand">
          <Mark size={40} />
          <span>{t("app.name")}</span>
        </div>
        <p className="quiet">{t("app.tagline")}</p>
        <h1>{t("login.title")}</h1>
        <LoginForm />
      </div>
    </main>
  );
}

export function LoginForm({ name: known = "", done }: { name?: string; done?: () => void }) {
  const { t } = useTranslation();
  const [name, setName] = useState(known);
  const [password, setPassword] = useState("");
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setProblem(null);
    try {
      await logIn(name, password);
      done?.();
    } catch (error) {
      const refused = error instanceof ProblemError ? error : null;
      setProblem(
        refused?.status === 401
          ? t("login.refused")
          : refused?.status === 0
            ? t("state.unreachable")
            : (refused?.detail ?? String(error)),
      );
      setPassword("");
    } finally {
      setBusy(false);
    }
  };
  return (
    <Form onSubmit={submit}>
      {problem && <Alert isInline variant="danger" title={problem} component="p" aria-live="assertive" />}
      <FormGroup label={t("login.name")} fieldId="login-name">
        <TextInput
          id="login-name"
          value={name}
          onChange={(_, value) => setName(value)}
          autoComplete="username"
          autoFocus={!known}
          isRequired
        />
      </FormGroup>
      <FormGroup label={t("login.password")} fieldId="login-password">
        <TextInput
          id="login-password"
          type="password"
          value={password}
          onChange={(_, value) => setPassword(value)}
          autoComplete="current-password"
          autoFocus={Boolean(known)}
          isRequired
        />
      </FormGroup>
      <Button type="submit" isBlock isLoading={busy} isDisabled={busy || !name || !password}>
        {t(busy ? "login.busy" : "login.submit")}
      </Button>
    </Form>
  );
}
