"use strict";
const byId = (id) => document.getElementById(id);
const search = byId("search"), chosen = byId("class"), weak = byId("weak"), found = byId("found");
const devices = [...document.querySelectorAll("details.device")];
const show = () => {
  const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
  let shown = 0;
  for (const device of devices) {
    const { text, class: of, weak: count } = device.dataset;
    const fits = words.every((word) => text.includes(word)) && (!chosen.value || chosen.value === of) && (!weak.checked || count !== "0");
    device.hidden = !fits;
    if (fits) shown += 1;
  }
  found.textContent = `${shown} of ${devices.length}`;
};
search.addEventListener("input", show);
chosen.addEventListener("change", show);
weak.addEventListener("change", show);
search.addEventListener("keydown", (event) => {
  if (event.key === "Escape") { search.value = ""; show(); }
});
const goTo = () => {
  const target = decodeURIComponent(location.hash.slice(1));
  if (target.startsWith("search:")) {
    search.value = target.slice(7);
    chosen.value = ""; weak.checked = false;
    show();
    byId("devices").scrollIntoView();
    search.focus({ preventScroll: true });
    return;
  }
  const device = target && byId(target);
  if (device && device.matches("details.device")) {
    device.hidden = false;
    device.open = true;
    device.scrollIntoView();
    device.querySelector("summary").focus({ preventScroll: true });
  }
};
addEventListener("hashchange", goTo);
if (location.hash) goTo();
const picture = document.querySelector("#picture svg");
if (picture) {
  const lines = [...picture.querySelectorAll(".line")];
  const mark = (node, on) => {
    picture.classList.toggle("focus", on);
    for (const line of lines) {
      const touches = line.dataset.from === node.dataset.node || line.dataset.to === node.dataset.node;
      line.classList.toggle("on", on && touches);
    }
  };
  for (const node of picture.querySelectorAll(".node")) {
    const link = node.closest("a") ?? node;
    for (const [on, events] of [[true, ["mouseenter", "focus"]], [false, ["mouseleave", "blur"]]]) {
      for (const event of events) link.addEventListener(event, () => mark(node, on));
    }
  }
}
