// A choice of places for a field: numbered here and in the text, taken by number, by arrows, by mouse, or found by words.

import { key, make } from "./fields.js";

const MOST = 9;

export class Chooser {
  // `take(span)` gets the chosen place, null for none; `show(choices)` marks the choices in the text.
  constructor({ title, choices, near, none, text, take, show, close }) {
    Object.assign(this, { choices, near, text, take, show, close });
    this.shown = [];
    this.list = make("ol", { className: "choices" });
    this.input = make("input", { type: "search", placeholder: "or find other words", autocomplete: "off" });
    this.input.setAttribute("aria-label", "Find words in the document");
    this.input.addEventListener("input", () => this.draw());
    this.input.addEventListener("keydown", (event) => this.typed(event));
    const ends = make("div", { className: "ends" });
    if (none) ends.append(make("button", { type: "button", onclick: () => take(null) }, key("0"), " none"));
    ends.append(make("button", { type: "button", onclick: close }, key("Esc"), " leave"));
    this.element = make("div", { className: "chooser" },
      make("h3", { textContent: title }), this.list, make("label", { className: "find" }, key("/"), this.input), ends);
    this.none = none;
    this.draw();
  }

  draw() {
    const words = this.input.value.trim();
    const fits = (choice) => choice.text.toLowerCase().includes(words.toLowerCase());
    const found = words ? this.text.find(words, this.near, MOST) : [];
    const known = this.choices.filter(fits);
    const keys = new Set(known.map((choice) => choice.span.join()));
    this.shown = [...known, ...found.filter((choice) => !keys.has(choice.span.join()))];
    if (words) this.shown = this.shown.slice(0, MOST);
    this.list.replaceChildren(...this.shown.map((choice, at) => this.line(choice, at)));
    if (!this.shown.length) {
      this.list.append(make("li", { className: "nothing", textContent: words ? "These words stand nowhere." : "No such mention: select words in the text, or find them." }));
    }
    this.show(this.shown.slice(0, MOST));
  }

  line(choice, at) {
    const button = make("button", { type: "button", onclick: () => this.take(choice.span) });
    if (at < MOST) button.append(key(String(at + 1)), " ");
    button.append(make("span", { className: "quote", textContent: choice.text }));
    button.append(make("small", { textContent: choice.place }));
    return make("li", {}, button);
  }

  typed(event) {
    if (event.key === "Enter" && this.shown.length) {
      event.preventDefault();
      this.take(this.shown[0].span);
    } else if (event.key === "ArrowDown") {
      event.preventDefault();
      this.list.querySelector("button")?.focus();
    }
  }

  // Return whether a key was one of the choice's own.
  press(event) {
    if (event.key === "Escape") {
      this.close();
    } else if (event.key === "/") {
      this.input.focus();
    } else if (event.key === "0" && this.none) {
      this.take(null);
    } else if (/^[1-9]$/.test(event.key)) {
      const choice = this.shown[Number(event.key) - 1];
      if (choice) this.take(choice.span);
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      this.step(event.key === "ArrowDown" ? 1 : -1);
    } else {
      return false;
    }
    return true;
  }

  step(by) {
    const buttons = [...this.list.querySelectorAll("button")];
    const at = buttons.indexOf(document.activeElement);
    buttons[Math.min(Math.max(at + by, 0), buttons.length - 1)]?.focus();
  }
}
