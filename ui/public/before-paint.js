// Sets the theme before the first paint. A file of its own, because the policy forbids scripts in the page.
(() => {
  let chosen = null;
  try {
    chosen = localStorage.getItem("bedrail.theme");
  } catch {
    // No storage: follow the system.
  }
  const dark = matchMedia("(prefers-color-scheme: dark)").matches;
  const theme = chosen ?? (matchMedia("(prefers-contrast: more)").matches ? "contrast" : dark ? "dark" : "light");
  document.documentElement.classList.toggle("pf-v6-theme-dark", theme === "dark");
  document.documentElement.classList.toggle("pf-v6-theme-high-contrast", theme === "contrast");
  document.documentElement.dataset.theme = theme;
})();
