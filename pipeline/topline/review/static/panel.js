// The row's panel: its decision, its fields with where they stand, and the choice that is open.

import { FIELDS, KINDS, key, make } from "./fields.js";

const SAID = { open: "open", accepted: "accepted", rejected: "rejected" };
const ALWAYS = new Set(["value", "endpoint", "cohort", "n_at"]);

export const drawPanel = (element, row, act, chooser) => {
  if (!row) {
    element.replaceChildren(...(chooser ? [chooser.element] : [make("p", { className: "soft", textContent: "No row is chosen." })]));
    return;
  }
  const head = make("div", { className: `decision ${row.decision}` },
    make("h2", { textContent: row.fields.value.text }), make("p", { className: "soft" }, ...facts(row)));
  const buttons = make("div", { className: "buttons" },
    decide(row, "accepted", "a", "Accept", act), decide(row, "rejected", "r", "Reject", act),
    decide(row, "open", "o", "Reopen", act));
  const given = FIELDS.filter((field) => row.fields[field.name] || ALWAYS.has(field.name));
  const others = FIELDS.filter((field) => !given.includes(field));
  element.replaceChildren(head, buttons,
    ...(chooser ? [chooser.element] : []),
    make("div", { className: "fields" }, kind(row, act), ...given.map((field) => line(row, field, act))),
    make("div", { className: "more" }, ...others.map((field) => absent(field, act))));
};

const facts = (row) => {
  const said = [make("b", { textContent: SAID[row.decision] })];
  if (row.added) said.push(" · added");
  if (row.edited) said.push(" · edited");
  if (row.confidence !== null) said.push(` · confidence ${row.confidence.toFixed(2)}`);
  if (row.numberless) said.push(" · says no number: not in the gold");
  return said;
};

const decide = (row, decision, name, label, act) => {
  const button = make("button", { type: "button", onclick: () => act.decide(decision) }, key(name), ` ${label}`);
  button.classList.add(decision);
  button.setAttribute("aria-pressed", String(row.decision === decision));
  return button;
};

const kind = (row, act) => {
  const select = make("select", { id: "kind", onchange: (event) => { act.edit({ kind: event.target.value }); event.target.blur(); } },
    ...KINDS.map((name) => make("option", { value: name, textContent: name.replace("_", "-"), selected: name === row.kind })));
  return make("div", { className: "field" },
    make("label", { className: "name", htmlFor: "kind" }, key("y"), " Kind"), make("div", { className: "held" }, select));
};

const line = (row, field, act) => {
  const held = row.fields[field.name];
  const quote = held
    ? make("button", { type: "button", className: "quote", title: "Show it in the text", textContent: held.text, onclick: () => act.reveal(held.span[0]) })
    : make("span", { className: "soft", textContent: "not given" });
  const body = make("div", { className: "held" });
  if (field.name === "n_at") body.append(number(row, act));
  if (field.name !== "n_at" || held) body.append(quote);
  if (held && field.name !== "value") body.append(clear(field, act));
  if (held) body.append(make("small", { textContent: held.place }));
  const choose = make("button", { type: "button", className: "name", title: `Choose another (${field.key})`, onclick: () => act.choose(field.name) }, key(field.key), ` ${field.label}`);
  return make("div", { className: `field role-${field.name}`, dataset: { field: field.name } }, choose, body);
};

const clear = (field, act) => {
  const button = make("button", { type: "button", className: "clear", textContent: "×", title: "None", onclick: () => act.set(field.name, null) });
  button.setAttribute("aria-label", `${field.label}: none`);
  return button;
};

const number = (row, act) => {
  const input = make("input", { id: "size", type: "text", inputMode: "numeric", size: 5, value: row.n ?? "", autocomplete: "off" });
  input.setAttribute("aria-label", "n, the size of the cohort");
  const send = () => {
    const said = input.value.replace(/[\s,]/g, "");
    if (said === String(row.n ?? "")) return;
    if (said && !/^\d{1,12}$/.test(said)) act.say("n is a whole number", true);
    else act.edit({ n: said ? Number(said) : null });
  };
  input.addEventListener("keydown", (event) => {
    if (event.key === "Enter") input.blur();
    if (event.key === "Escape") { input.value = row.n ?? ""; input.blur(); }
  });
  input.addEventListener("change", send);
  return input;
};

const absent = (field, act) =>
  make("button", { type: "button", dataset: { field: field.name }, title: `Choose (${field.key})`, onclick: () => act.choose(field.name) },
    key(field.key), ` ${field.label}`);
