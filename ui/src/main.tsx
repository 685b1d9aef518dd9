import "@patternfly/react-core/dist/styles/base.css";
import "./design/tokens.css";
import "./design/base.css";
import "./design/parts.css";
import "./design/lists.css";
import "./design/details.css";
import "./design/inventory.css";
import "./design/narrow.css";
import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { I18nextProvider } from "react-i18next";
import { queryClient } from "./api/queries";
import { router } from "./app/router";
import { i18n, startLanguage } from "./i18n";

const root = document.getElementById("root");
if (!root) throw new Error("no #root in the page");

// After an update of the hub, a page that is still open asks for parts that are gone: it starts anew, once.
window.addEventListener("vite:preloadError", () => {
  const before = Number(sessionStorage.getItem("bedrail.renewed") ?? 0);
  if (Date.now() - before < 60_000) return;
  sessionStorage.setItem("bedrail.renewed", String(Date.now()));
  window.location.reload();
});

startLanguage().then(() =>
  createRoot(root).render(
    <StrictMode>
      <I18nextProvider i18n={i18n}>
        <QueryClientProvider client={queryClient}>
          <RouterProvider router={router} />
        </QueryClientProvider>
      </I18nextProvider>
    </StrictMode>,
  ),
);
