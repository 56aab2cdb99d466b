// Asking the demo's own server, one deed after another. Nothing here knows another address.

let line = Promise.resolve();

async function read(answer) {
  const body = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Error(body.error || "The demo does not answer as it should.");
  return body;
}

async function ask(path, options) {
  let answer;
  try {
    answer = await fetch(path, options);
  } catch {
    throw new Error("The demo has ended. Start it again in the terminal: make demo");
  }
  return read(answer);
}

export function get(path, fields = {}) {
  return ask(`${path}?${new URLSearchParams(fields)}`);
}

// Deeds wait for each other: a second tap is sent when the first has been answered.
export function post(deed, fields) {
  const next = line.then(() =>
    ask(`/api/${deed}`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(fields),
    }),
  );
  line = next.catch(() => {});
  return next;
}

// A small builder of elements: text is always text, never markup.
export function el(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === false || value === null || value === undefined) continue;
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...children.filter((child) => child !== null && child !== undefined));
  return made;
}
