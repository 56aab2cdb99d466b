// Telegram's formatted text as elements. Offsets are UTF-16 units, as JavaScript counts.

import { el } from "./api.js";

const TAGS = {
  bold: "strong",
  italic: "em",
  underline: "u",
  strikethrough: "s",
  code: "code",
  pre: "pre",
  blockquote: "blockquote",
  expandable_blockquote: "blockquote",
};
const SPECIAL = /(https?:\/\/[^\s<>"]+|(?<![\w/])\/[a-z][a-z0-9_]{0,31}\b)/g;

// `on.command(text)` when a command is tapped, `on.link(address)` when a link is.
export function formatted(text, entities, on) {
  const sorted = [...entities].sort((a, b) => a.offset - b.offset || b.length - a.length);
  const whole = document.createDocumentFragment();
  fill(whole, text, 0, text.length, sorted, on);
  return whole;
}

function fill(parent, text, start, end, entities, on) {
  let at = start;
  while (entities.length) {
    const entity = entities.shift();
    const stop = Math.min(entity.offset + entity.length, end);
    if (entity.offset < at || stop <= entity.offset) continue;
    plain(parent, text.slice(at, entity.offset), on);
    const inside = [];
    while (entities.length && entities[0].offset < stop) inside.push(entities.shift());
    parent.append(made(entity, text.slice(entity.offset, stop), text, stop, inside, on));
    at = stop;
  }
  plain(parent, text.slice(at, end), on);
}

function made(entity, words, text, stop, inside, on) {
  if (entity.type === "bot_command") return command(words, on);
  if (entity.type === "url") return link(words, words, on);
  if (entity.type === "text_link") return link(words, entity.url, on);
  const shell =
    entity.type === "spoiler"
      ? el("span", { class: "spoiler", tabindex: "0", title: "Hidden until you look" })
      : el(TAGS[entity.type] || "span", { class: TAGS[entity.type] ? null : "marked" });
  fill(shell, text, entity.offset, stop, inside, on);
  return shell;
}

function plain(parent, words, on) {
  words.split(SPECIAL).forEach((part, place) => {
    if (place % 2 === 0) parent.append(part);
    else parent.append(part.startsWith("/") ? command(part, on) : link(part, part, on));
  });
}

function command(words, on) {
  return el("button", { type: "button", class: "inline", onclick: () => on.command(words) }, words);
}

function link(words, address, on) {
  const title = `${address} (nothing outside this computer is opened)`;
  return el("button", { type: "button", class: "inline", title, onclick: () => on.link(address) }, words);
}
