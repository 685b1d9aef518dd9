// A file of another system states things about devices: tried out first, every wrong row named, then applied.
import { Alert, Button } from "@patternfly/react-core";
import { Link } from "@tanstack/react-router";
import { type FormEvent, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { type ImportRequest, type ImportResult, importFile } from "../../api/acts";
import { freshKey } from "../../api/queries";
import { problemText, wasRefused } from "../../design/act";
import { Icon } from "../../design/icon";
import { Section } from "../../design/parts";
import { ImportFields, type ImportForm, NOTHING } from "./fields";
import { Outcome } from "./outcome";

/** What the hub was asked, and what it said. */
interface Tried {
  asked: ImportRequest;
  result: ImportResult;
}

export function ImportPage() {
  const { t } = useTranslation();
  const [form, setForm] = useState<ImportForm>(NOTHING);
  const [tried, setTried] = useState<Tried | null>(null);
  const [key, setKey] = useState(freshKey);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  useEffect(() => {
    if (tried) document.getElementById("import-result")?.scrollIntoView({ block: "start" });
  }, [tried]);
  const ask = async (request: ImportRequest, key: string) => {
    setBusy(true);
    setProblem(null);
    try {
      setTried({ asked: request, result: await importFile(request, key) });
    } catch (error) {
      if (wasRefused(error)) setKey(freshKey());
      setProblem(problemText(error, t));
    } finally {
      setBusy(false);
    }
  };
  const change = (next: Partial<ImportForm>) => {
    setForm((before) => ({ ...before, ...next }));
    // What was tried out was another file, or the same one read otherwise.
    setTried(null);
    setProblem(null);
    setKey(freshKey());
  };
  const tryOut = (event: FormEvent) => {
    event.preventDefault();
    if (!form.file) return;
    const mapping = form.mapping === "none" ? {} : { mapping_toml: form.toml };
    const request = { name: form.name.trim(), csv: form.file.text, why: form.why.trim(), dry_run: true, ...mapping };
    ask(request, freshKey());
  };
  const apply = () => tried && ask({ ...tried.asked, dry_run: false }, key);
  return (
    <>
      <nav className="crumb" aria-label={t("device.crumb")}>
        <Link to="/devices">{t("device.crumb")}</Link>
        <Icon name="right" size={13} />
        <span aria-current="page">{t("imports.title")}</span>
      </nav>
      <header className="head">
        <h1>{t("imports.title")}</h1>
        <p className="quiet">{t("imports.intro")}</p>
      </header>
      <div className="stack-wide import">
        <Section id="import-file" title={t("imports.file")} hint={t("imports.fileHint")}>
          <form onSubmit={tryOut} className="stack">
            <ImportFields form={form} change={change} />
            {problem && <Alert isInline variant="danger" title={problem} component="p" aria-live="assertive" />}
            <div className="import-acts">
              <Button
                type="submit"
                variant={tried ? "secondary" : "primary"}
                isLoading={busy && !tried}
                isDisabled={busy || !form.file || !form.name.trim() || !form.why.trim()}
              >
                {t("imports.try")}
              </Button>
              <span className="quiet">{t("imports.tryHint")}</span>
            </div>
          </form>
        </Section>
        {tried && <Outcome result={tried.result} apply={apply} busy={busy} again={() => change(NOTHING)} />}
      </div>
    </>
  );
}
