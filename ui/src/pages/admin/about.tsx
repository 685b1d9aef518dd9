import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { aboutQuery } from "../../api/queries";
import { Icon } from "../../design/icon";
import { Section, Value } from "../../design/parts";
import { Loaded } from "./parts";

export function AboutPage() {
  const { t } = useTranslation();
  const about = useQuery(aboutQuery);
  const facts = [
    [t("admin.version"), about.data?.version],
    [t("admin.store"), about.data?.store],
    [t("admin.licence"), about.data?.licence],
  ] as const;
  return (
    <Section id="about" title={t("admin.about")}>
      <Loaded of={about}>
        {() => (
          <dl className="facts">
            {facts.map(([name, value]) => (
              <div key={name}>
                <dt>{name}</dt>
                <dd>
                  <Value>{value}</Value>
                </dd>
              </div>
            ))}
            <div>
              <dt>{t("admin.api")}</dt>
              <dd>
                <a href="/api/v1/openapi.json">
                  <Icon name="download" size={14} /> openapi.json
                </a>
              </dd>
            </div>
            <div>
              <dt>{t("admin.parts")}</dt>
              <dd>
                <a href="/licences.txt">licences.txt</a>
              </dd>
            </div>
          </dl>
        )}
      </Loaded>
    </Section>
  );
}
