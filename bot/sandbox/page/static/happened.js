// The third pane: what comes next, and what was stored. Words stay sealed, as they are in the database.

import { el } from "./api.js";

export function showHappened(state) {
  list("next", state.next, (item) => [
    el("span", { class: "when" }, item.at.short),
    el("span", { class: `tag ${item.kind}` }, item.kind),
    el("span", { class: "what" }, el("strong", {}, item.who), ` ${item.text}`),
  ]);
  list("stored", state.stored, (item) => [
    el("span", { class: "when" }, item.at.short),
    el("span", { class: "tag" }, item.table),
    el("span", { class: "what" }, el("strong", {}, item.who), ` ${item.text} `, sealed(item.sealed)),
  ]);
  const counts = Object.entries(state.counts).map(([name, count]) => `${count} ${name}`);
  document.getElementById("counts").textContent = `In the database: ${counts.join(" · ")}`;
}

function sealed(bytes) {
  if (!bytes) return null;
  const title = `${bytes} bytes, AES-256-GCM: unreadable without the clinic’s key`;
  return el("span", { class: "sealed", title }, `words sealed · ${bytes} bytes`);
}

// Lines that were not there before are marked for a moment.
const known = new Map();

function list(id, items, parts) {
  const place = document.getElementById(id);
  const before = known.get(id);
  const now = new Set();
  const lines = items.map((item) => {
    const key = JSON.stringify(item);
    now.add(key);
    return el("li", { class: before && !before.has(key) ? "is-new" : null }, ...parts(item));
  });
  known.set(id, now);
  place.replaceChildren(...(lines.length ? lines : [el("li", { class: "nothing" }, "Nothing")]));
}
