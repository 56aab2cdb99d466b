// One chat as Telegram shows it: bubbles, buttons under them, the reply keyboard, the composer.
// What is new is added and what has changed is replaced, so that a screen reader hears only the news.

import { el } from "./api.js";
import { formatted } from "./format.js";

export class Chat {
  // `on`: say(text) · tap(message, data) · link(address) · where() -> chat id · group() -> whether it is a group
  constructor(root, on) {
    this.root = root;
    this.on = on;
    this.shown = new Map();
    this.key = null;
    this.toasts = 0;
    root.append(document.getElementById("chat").content.cloneNode(true));
    this.part = (name) => root.querySelector(`.${name}`);
    const words = root.querySelector("textarea");
    words.id = `${root.id}-words`;
    root.querySelector("label.unseen").htmlFor = words.id;
    this.compose(root.querySelector("form"), words);
  }

  compose(form, words) {
    const grow = () => {
      words.style.height = "auto";
      words.style.height = `${Math.min(words.scrollHeight, 140)}px`;
    };
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const text = words.value.trim();
      if (!text) return;
      words.value = "";
      grow();
      this.on.say(text);
    });
    words.addEventListener("input", grow);
    words.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
        event.preventDefault();
        form.requestSubmit();
      }
    });
  }

  // `look`: key, name, sub, initial, label, start (or null)
  show(data, look, suggestions) {
    const isOther = this.key !== look.key;
    if (isOther) this.begin(data, look);
    this.part("name").textContent = look.name;
    this.part("sub").textContent = look.sub;
    this.root.querySelector("label.unseen").textContent = look.label;
    this.keyboard(data.keyboard); // what takes room below comes first: the end is measured after it
    this.suggest(suggestions);
    this.messages(data.messages, isOther);
    this.tell(data.toasts);
    this.begins(data.messages.length ? null : look.start);
  }

  begin(data, look) {
    this.key = look.key;
    this.shown.clear();
    this.part("log").replaceChildren();
    this.part("log").setAttribute("aria-label", look.label);
    this.part("avatar").textContent = look.initial;
    this.toasts = data.toasts.length;
  }

  messages(messages, isOther) {
    const log = this.part("log");
    const atEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 60;
    log.setAttribute("aria-live", isOther ? "off" : "polite");
    const wanted = wantedLines(messages);
    for (const [key, line] of this.shown) {
      if (!wanted.some((one) => one.key === key)) {
        line.node.remove();
        this.shown.delete(key);
      }
    }
    let before = null;
    let grew = false;
    for (const line of wanted) {
      grew = this.place(log, line, before) || grew;
      before = this.shown.get(line.key).node;
    }
    if (isOther || grew || atEnd) this.toEnd(log, before);
    if (isOther) requestAnimationFrame(() => log.setAttribute("aria-live", "polite"));
  }

  // The chat has come into sight: where it ends could not be measured before.
  comesIntoSight() {
    const log = this.part("log");
    this.toEnd(log, log.lastElementChild);
  }

  // To the end, but to the beginning of a last message that does not fit.
  toEnd(log, last) {
    log.scrollTop = log.scrollHeight;
    if (last && last.offsetHeight > log.clientHeight - 20) log.scrollTop = last.offsetTop - log.offsetTop - 10;
  }

  // Gives whether something was added.
  place(log, line, before) {
    const text = JSON.stringify(line.what);
    const old = this.shown.get(line.key);
    if (old && old.text === text) return false;
    const node = line.message ? this.bubble(line.message) : el("p", { class: "date" }, line.what);
    const hadFocus = old && old.node.contains(document.activeElement);
    if (old) old.node.replaceWith(node);
    else if (before) before.after(node);
    else log.prepend(node);
    this.shown.set(line.key, { node, text });
    if (hadFocus) (node.querySelector(".inline-keyboard button") || log).focus({ preventScroll: true });
    return !old;
  }

  bubble(message) {
    const on = { command: (text) => this.on.say(text), link: (address) => this.on.link(address) };
    const side = message.is_mine ? "mine" : "theirs";
    const isService = !message.text && !message.picture && message.kind !== "text";
    if (isService) return el("p", { class: "date" }, serviceWords(message));
    const body = el("div", { class: "bubble" });
    if (this.on.group() && !message.is_mine) {
      body.append(el("strong", { class: "from", "data-hue": message.sender_id % 6 }, message.sender));
    }
    if (message.reply_to) {
      const { sender, text } = message.reply_to;
      body.append(el("div", { class: "replied" }, el("strong", {}, sender), el("span", {}, text)));
    }
    if (message.picture) {
      const source = `/api/picture?${new URLSearchParams({ chat: this.on.where(), message: message.id })}`;
      const { alt, is_code: isCode } = message.picture;
      const shown = isCode
        ? { class: "picture code", alt: "A QR code of the invite’s link", width: "240", height: "240" }
        : { class: "picture", alt, width: "540", height: "360" };
      body.append(el("img", { ...shown, src: source }));
    }
    if (message.file_name && !message.picture) body.append(el("div", { class: "file" }, message.file_name));
    body.append(el("div", { class: "words" }, formatted(message.text, message.entities, on)));
    body.append(stamp(message));
    const row = el("div", { class: `message ${side}`, "data-message": message.id }, body);
    row.prepend(el("span", { class: "unseen" }, `${message.sender} says:`));
    if (message.buttons.length) row.append(this.buttons(message));
    return row;
  }

  buttons(message) {
    const rows = message.buttons.map((row) =>
      el("div", { class: "row" }, ...row.map((button) => this.button(message, button))),
    );
    return el("div", { class: "inline-keyboard", role: "group", "aria-label": "Buttons of this message" }, ...rows);
  }

  button(message, button) {
    const made = el("button", { type: "button" }, button.text);
    made.addEventListener("click", () => {
      if (button.url) {
        this.on.link(button.url);
        return;
      }
      made.classList.add("waits");
      this.on.tap(message.id, button.data).finally(() => made.classList.remove("waits"));
    });
    if (button.url) made.classList.add("leads-away");
    return made;
  }

  tell(toasts) {
    const fresh = toasts.slice(this.toasts);
    this.toasts = toasts.length;
    const last = fresh.at(-1);
    if (!last || !last.text) return;
    if (last.is_alert) {
      document.getElementById("box-words").textContent = last.text;
      document.getElementById("box").showModal();
      return;
    }
    const place = this.part("toast");
    place.textContent = last.text;
    place.classList.add("is-shown");
    clearTimeout(this.fading);
    this.fading = setTimeout(() => place.classList.remove("is-shown"), 4000);
  }

  keyboard(rows) {
    const text = JSON.stringify(rows);
    if (this.keys === text) return;
    this.keys = text;
    const say = (words) => () => this.on.say(words);
    const made = rows.map((row) =>
      el("div", { class: "row" }, ...row.map((words) => el("button", { type: "button", onclick: say(words) }, words))),
    );
    this.part("keyboard").replaceChildren(...made);
  }

  suggest(suggestions) {
    const text = JSON.stringify(suggestions);
    if (this.suggestions === text) return;
    this.suggestions = text;
    const made = suggestions.map((one) =>
      el(
        "button",
        { type: "button", class: one.worrying ? "worrying" : null, onclick: () => this.on.say(one.text) },
        one.worrying ? el("span", { class: "unseen" }, "A worrying sentence: ") : null,
        one.text,
      ),
    );
    this.part("suggested").replaceChildren(...made);
  }

  begins(start) {
    const place = this.part("start");
    place.hidden = !start;
    if (!start) return;
    const button = el("button", { type: "button", class: "main", onclick: start.do }, start.label);
    place.replaceChildren(el("p", {}, start.words), button);
  }
}

function wantedLines(messages) {
  const lines = [];
  let day = "";
  for (const message of messages) {
    if (message.at.day !== day) {
      day = message.at.day;
      lines.push({ key: `day ${message.at.iso.slice(0, 4)} ${day}`, what: day });
    }
    lines.push({ key: message.id, what: message, message });
  }
  return lines;
}

function stamp(message) {
  const marks = [];
  if (message.is_pinned) marks.push("pinned");
  if (message.is_edited) marks.push("edited");
  const time = el("span", { class: "stamp" }, [...marks, message.at.time].join(" · "));
  if (message.is_protected) {
    time.prepend(el("span", { class: "lock", title: "Cannot be forwarded or saved", role: "img", "aria-label": "protected" }, "🔒"));
  }
  if (message.reaction) time.prepend(el("span", { class: "reaction" }, message.reaction));
  return time;
}

function serviceWords(message) {
  const known = {
    new_chat_members: "joined the group",
    left_chat_member: "left the group",
    new_chat_title: "renamed the group",
    pinned_message: "pinned a message",
  };
  return `${message.sender} ${known[message.kind] || `sent: ${message.kind.replaceAll("_", " ")}`}`;
}
