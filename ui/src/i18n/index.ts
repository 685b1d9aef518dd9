// English is in the bundle; another language is fetched when it is chosen.
import i18next from "i18next";
import { initReactI18next } from "react-i18next";
import { remember, remembered } from "../app/memory";
import { en } from "./en";

export const LANGUAGES = { en: "English", de: "Deutsch" } as const;
export type Language = keyof typeof LANGUAGES;

declare module "i18next" {
  interface CustomTypeOptions {
    defaultNS: "translation";
    resources: { translation: typeof en };
  }
}

export const i18n = i18next.createInstance();

/** The language chosen before, or the browser's, or English. */
export async function startLanguage(): Promise<void> {
  await i18n.use(initReactI18next).init({
    lng: "en",
    fallbackLng: "en",
    resources: { en: { translation: en } },
    // React escapes what it shows.
    interpolation: { escapeValue: false },
  });
  const wanted = remembered("language") ?? navigator.language.slice(0, 2);
  if (wanted === "de") await chooseLanguage("de", false);
}

export async function chooseLanguage(language: Language, keep = true): Promise<void> {
  if (language === "de" && !i18n.hasResourceBundle("de", "translation"))
    i18n.addResourceBundle("de", "translation", (await import("./de")).de);
  await i18n.changeLanguage(language);
  document.documentElement.lang = language;
  if (keep) remember("language", language);
}
