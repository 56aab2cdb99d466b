// The demo page: who is looked at, what was asked for, and drawing what the server answers.

import { el, get, post } from "./api.js";
import { Chat } from "./chat.js";
import { Editor } from "./editor.js";
import { showHappened } from "./happened.js";

const by = (id) => document.getElementById(id);
const chosen = { person: null, staff: "group", as: null };
const heard = new Map();
let state = null;

const fields = () => ({ person: chosen.person, staff: chosen.staff });

async function deed(name, more = {}) {
  document.body.setAttribute("aria-busy", "true");
  try {
    show((await post(name, { ...fields(), ...more })).state);
  } catch (error) {
    by("note").textContent = error.message;
  } finally {
    document.body.removeAttribute("aria-busy");
  }
}

async function look() {
  try {
    show(await get("/api/state", chosen.person ? fields() : {}));
  } catch (error) {
    by("note").textContent = error.message;
  }
}

// A link of the bot is opened on the participant's phone; no other link is opened at all.
function follow(address) {
  if (address.startsWith(`https://t.me/${state.bot.username}`)) {
    deed("open", { link: address });
  } else {
    by("note").textContent = `In Telegram this opens ${address}. The demo opens nothing outside this computer.`;
  }
}

const person = new Chat(by("person"), {
  say: (text) => deed("say", { where: chosen.person, text }),
  tap: (message, data) => deed("tap", { where: chosen.person, message, data }),
  link: follow,
  where: () => chosen.person,
  group: () => false,
});
const staff = new Chat(by("staff"), {
  say: (text) => deed("say", { where: chosen.staff, as: chosen.as, text }),
  tap: (message, data) => deed("tap", { where: chosen.staff, as: chosen.as, message, data }),
  link: follow,
  where: () => chosen.staff,
  group: () => chosen.staff === "group",
});
const editor = new Editor(fields, show);

function show(fresh) {
  state = fresh;
  chosen.person = fresh.person.id;
  chosen.as ||= fresh.colleagues[0].id;
  by("program").textContent = fresh.program;
  by("time").textContent = fresh.now.time;
  by("day").textContent = fresh.now.day;
  by("note").textContent = fresh.note;
  by("telegram").textContent = fresh.telegram_is_down ? "Telegram up again" : "Telegram down";
  by("telegram").setAttribute("aria-pressed", String(fresh.telegram_is_down));
  document.body.classList.toggle("is-down", fresh.telegram_is_down);
  showPeople(fresh);
  showStaff(fresh);
  showHappened(fresh);
}

function showPeople(fresh) {
  const who = fresh.people.find((one) => one.id === fresh.person.id);
  chips(
    by("people"),
    fresh.people.map((one) => ({
      label: one.name,
      sub: one.has_joined ? "" : "not joined",
      isChosen: one.id === who.id,
      isNews: isNews(one.id, one.heard, one.id === who.id),
      pick: () => pick({ person: one.id }),
    })),
  );
  const languages = { en: "English", es: "Español" };
  by("language").replaceChildren(
    ...fresh.languages.map((code) =>
      el("option", { value: code, selected: code === who.language }, languages[code] || code),
    ),
  );
  const known = who.code ? `bot · staff see “${who.code}”` : "bot";
  const sub = fresh.telegram_is_down ? "waiting for the network…" : known;
  const start = {
    words: `${who.name} has not joined. Ana has printed an invite with a QR code.`,
    label: `Open the invite on ${who.name}’s phone`,
    do: () => deed("invite"),
  };
  const label = `${who.name} writes to ${fresh.bot.name}`;
  const head = { key: `person ${who.id}`, name: fresh.bot.name, sub, initial: "H", label, start };
  person.show(fresh.person, head, fresh.suggestions);
}

function showStaff(fresh) {
  const isGroup = fresh.staff.id === "group";
  const chats = [{ id: "group", name: fresh.group.title, heard: fresh.group.heard }, ...fresh.colleagues];
  chips(
    by("chats"),
    chats.map((one) => ({
      label: one.id === "group" ? "Staff group" : one.name,
      sub: one.id === "group" ? "no names, no words" : "private",
      isChosen: String(one.id) === String(fresh.staff.id),
      isNews: isNews(one.id, one.heard, String(one.id) === String(fresh.staff.id)),
      pick: () => pick({ staff: String(one.id) }),
    })),
  );
  by("as-label").hidden = !isGroup;
  by("as").replaceChildren(
    ...fresh.colleagues.map((one) =>
      el("option", { value: one.id, selected: String(one.id) === String(chosen.as) }, one.name),
    ),
  );
  const colleague = fresh.colleagues.find((one) => String(one.id) === String(fresh.staff.id));
  const name = isGroup ? fresh.group.title : fresh.bot.name;
  const label = isGroup ? `Write in ${fresh.group.title}` : `${colleague.name} writes to ${fresh.bot.name}`;
  const sub = isGroup ? `${fresh.colleagues.length} colleagues and the bot` : `bot · ${colleague.name}’s phone`;
  const head = { key: `staff ${fresh.staff.id}`, name, sub, initial: isGroup ? "RH" : "H", label, start: null };
  staff.show(fresh.staff, head, isGroup ? [] : fresh.staff_suggestions);
}

function isNews(id, count, isLookedAt) {
  const key = String(id);
  if (isLookedAt || !heard.has(key)) heard.set(key, count);
  return count > heard.get(key);
}

function chips(place, items) {
  const focused = [...place.children].indexOf(document.activeElement);
  place.replaceChildren(
    ...items.map((item) =>
      el(
        "button",
        { type: "button", "aria-pressed": String(item.isChosen), class: item.isNews ? "is-news" : null, onclick: item.pick },
        el("strong", {}, item.label),
        item.sub ? el("span", {}, item.sub) : null,
        item.isNews ? el("span", { class: "unseen" }, "something new") : null,
      ),
    ),
  );
  if (focused >= 0) place.children[focused]?.focus();
}

function pick(what) {
  Object.assign(chosen, what);
  look();
}

function press(buttons, pressed) {
  for (const button of buttons) button.setAttribute("aria-pressed", String(button === pressed));
}

function listen() {
  const panes = by("panes");
  const tabs = [...document.querySelectorAll(".tabs button")];
  for (const tab of tabs) {
    tab.addEventListener("click", () => {
      panes.dataset.pane = tab.dataset.pane;
      press(tabs, tab);
      ({ person, staff })[tab.dataset.pane]?.comesIntoSight();
    });
  }
  const widths = [...document.querySelectorAll(".width button")];
  for (const width of widths) {
    width.addEventListener("click", () => {
      panes.dataset.width = width.dataset.width;
      press(widths, width);
    });
  }
  by("language").addEventListener("change", (event) => deed("language", { language: event.target.value }));
  by("as").addEventListener("change", (event) => (chosen.as = event.target.value));
  by("more").addEventListener("click", () => {
    const isOpen = document.body.classList.toggle("shows-controls");
    by("more").setAttribute("aria-expanded", String(isOpen));
  });
  by("next-checkin").addEventListener("click", () => deed("time", { to: "check-in" }));
  for (const button of document.querySelectorAll("[data-seconds]")) {
    button.addEventListener("click", () => deed("time", { seconds: Number(button.dataset.seconds) }));
  }
  by("slider").addEventListener("input", () => (by("slide-words").textContent = hours(by("slider").value)));
  by("slide").addEventListener("click", () => deed("time", { seconds: Number(by("slider").value) * 3600 }));
  by("telegram").addEventListener("click", () => deed("telegram", { down: !state.telegram_is_down }));
  by("restart").addEventListener("click", () => deed("restart"));
  by("edit").addEventListener("click", () => editor.open());
}

function hours(count) {
  return Number(count) === 1 ? "1 hour" : `${count} hours`;
}

listen();
look();
