// Editing a copy of a content file, with the answer of `handrail check`.

import { el, get, post } from "./api.js";

const by = (id) => document.getElementById(id);

export class Editor {
  // `fields()` gives what every deed sends along; `shows(state)` draws the page anew.
  constructor(fields, shows) {
    this.fields = fields;
    this.shows = shows;
    by("file").addEventListener("change", () => this.load(by("file").value));
    by("save").addEventListener("click", () => this.change("save", { text: by("words").value }));
    by("undo").addEventListener("click", () => this.change("undo", {}));
  }

  async open() {
    by("editor").showModal();
    const { files } = await get("/api/files");
    const chosen = by("file").value || "checkins/daily.toml";
    by("file").replaceChildren(
      ...files.map(({ name }) => el("option", { value: name, selected: name === chosen }, name)),
    );
    await this.load(by("file").value);
  }

  async load(name) {
    try {
      this.show(await get("/api/file", { name }));
    } catch (error) {
      by("checked").textContent = error.message;
    }
  }

  async change(deed, more) {
    try {
      const answer = await post(deed, { ...this.fields(), name: by("file").value, ...more });
      this.shows(answer.state);
      this.show(answer.file, deed === "save" ? "Saved. " : "Undone. ");
    } catch (error) {
      by("checked").textContent = error.message;
    }
  }

  show(file, before = "") {
    if (by("words").value !== file.text) by("words").value = file.text;
    by("undo").disabled = !file.is_changed;
    const errors = file.problems.filter((problem) => !problem.is_warning);
    const words = errors.length
      ? `${before}The check finds ${errors.length} to mend. The bot goes on with what was good:`
      : `${before}The check finds no problems. The bot uses this from its next message on.`;
    const items = errors.map((problem) => this.problem(problem));
    by("checked").className = errors.length ? "is-broken" : "is-good";
    by("checked").replaceChildren(el("p", {}, words), el("ul", {}, ...items));
  }

  problem(problem) {
    const place = problem.line ? `${problem.file}:${problem.line}` : problem.file;
    const jump = el("button", { type: "button", class: "inline", onclick: () => this.jump(problem) }, place);
    return el("li", {}, jump, ` ${problem.what} ${problem.mend}`);
  }

  async jump(problem) {
    if (by("file").value !== problem.file) {
      by("file").value = problem.file;
      await this.load(problem.file);
    }
    const words = by("words");
    const lines = words.value.split("\n");
    const start = lines.slice(0, Math.max(problem.line - 1, 0)).join("\n").length + (problem.line > 1 ? 1 : 0);
    words.focus();
    words.setSelectionRange(start, start + (lines[problem.line - 1] || "").length);
    words.scrollTop = (problem.line - 4) * parseFloat(getComputedStyle(words).lineHeight);
  }
}
