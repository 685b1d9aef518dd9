"use strict";
const search = document.getElementById("search");
const devices = [...document.querySelectorAll("details[data-text]")];
const found = document.getElementById("found");
search.addEventListener("input", () => {
  const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
  let shown = 0;
  for (const device of devices) {
    device.hidden = !words.every((word) => device.dataset.text.includes(word));
    if (!device.hidden) shown += 1;
  }
  found.textContent = `${shown} of ${devices.length}`;
});
const open = () => {
  const device = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (device && device.tagName === "DETAILS") device.open = true;
};
addEventListener("hashchange", open);
open();
const picture = document.querySelector("#picture svg");
if (picture) {
  const lines = [...picture.querySelectorAll(".line")];
  for (const node of picture.querySelectorAll(".node")) {
    const mark = (on) => {
      picture.classList.toggle("focus", on);
      for (const line of lines) {
        const touches = line.dataset.from === node.dataset.node || line.dataset.to === node.dataset.node;
        line.classList.toggle("on", on && touches);
      }
    };
    node.addEventListener("mouseenter", () => mark(true));
    node.addEventListener("mouseleave", () => mark(false));
  }
}
