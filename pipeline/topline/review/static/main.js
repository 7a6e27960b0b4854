// The page: which document and row are shown, and what keys, mouse and drags do to them.

import { Behind, get, inTurn, keyInTurn, post } from "./calls.js";
import { Chooser } from "./chooser.js";
import { setUpDrag } from "./drag.js";
import { BY_KEY, BY_NAME, FIELDS, KEYS, key, make } from "./fields.js";
import { drawPanel } from "./panel.js";
import { Text, marksOf } from "./text.js";

const byId = (name) => document.getElementById(name);
const text = new Text(byId("text"));
const view = { documents: [], rows: [], current: null, name: null, order: "unsure", steps: {}, chooser: null, marked: [] };

const say = (sentence, wrong = false) => {
  byId("said").textContent = sentence;
  byId("said").classList.toggle("wrong", wrong);
};

// Run an action when those before it are done; what it cannot do is said.
const act = (action) => inTurn(async () => {
  try {
    await action();
  } catch (error) {
    say(error.message, true);
    if (error instanceof Behind) await reload();
  }
});

// --- what is shown ---

const row = () => view.rows.find((held) => held.id === view.current) ?? null;
const summary = (name = view.name) => view.documents.find((held) => held.id === name);

const sureness = (held) => (held.added ? 2 : held.confidence ?? 0);
const inOrder = (rows) => {
  const place = (held) => held.fields.value.span[0];
  const sure = (held) => (view.order === "unsure" ? sureness(held) : 0);
  return [...rows].sort((a, b) => sure(a) - sure(b) || place(a) - place(b));
};

const sortDocuments = () => {
  const least = (held) => held.least ?? 2;
  view.documents.sort((a, b) => (view.order === "unsure" && least(a) - least(b)) || a.at - b.at);
  byId("documents").replaceChildren(...view.documents.map((held) => make("option", { value: held.id })));
  drawDocuments();
};

const drawDocuments = () => {
  for (const option of byId("documents").options) {
    const held = summary(option.value);
    const count = held.accepted + held.rejected;
    const state = held.done ? "✓" : `${count}/${count + held.open}`;
    option.textContent = `${state}  ${held.shown}${held.title ? ` · ${held.title}` : ""}`;
    option.selected = held.id === view.name;
  }
  const held = summary();
  const done = view.documents.filter((each) => each.done).length;
  const count = held ? held.accepted + held.rejected : 0;
  const here = held ? `${count} of ${count + held.open} rows decided here · ` : "";
  byId("progress").replaceChildren(make("span", { className: "here", textContent: here }),
    `${done} of ${view.documents.length} documents finished`);
  byId("undo").disabled = !view.steps.undo;
  byId("redo").disabled = !view.steps.redo;
};

const drawRows = () => {
  const lines = inOrder(view.rows).map((held) => {
    const button = make("button", { type: "button", dataset: { row: held.id }, onclick: () => act(() => go(held.id)) },
      make("span", { className: `sign ${held.decision}`, title: held.decision }),
      make("span", { className: "hidden", textContent: `${held.decision}: ` }),
      make("b", { textContent: held.fields.value.text }),
      make("small", { className: "sure", textContent: held.added ? "added" : held.confidence?.toFixed(2) ?? "" }),
      make("span", { className: "about", textContent: held.fields.endpoint?.text ?? "no endpoint" }),
      make("small", { className: "about", textContent: whom(held) }));
    if (held.id === view.current) button.setAttribute("aria-current", "true");
    return make("li", {}, button);
  });
  byId("rows").querySelector("ol").replaceChildren(...lines);
  byId("rows").querySelector("[aria-current]")?.scrollIntoView({ block: "nearest" });
  byId("none").hidden = view.rows.length > 0;
  byId("empty").setAttribute("aria-pressed", String(Boolean(summary()?.empty)));
};

const whom = (held) => {
  const cohort = held.fields.cohort?.text ?? "no cohort";
  return held.n === null ? cohort : `${cohort}, n = ${held.n}`;
};

const draw = () => {
  const held = row();
  drawRows();
  drawDocuments();
  drawPanel(byId("row"), held, panel, view.chooser);
  text.mark([...(held ? marksOf(held) : []), ...view.marked]);
};

const open = async (name, wanted) => {
  const page = await get("document", { id: name });
  Object.assign(view, { name, rows: page.rows, chooser: null, marked: [] });
  learn(page);
  text.show(page);
  const rows = inOrder(view.rows);
  const first = rows.find((held) => held.decision === "open") ?? rows[0];
  view.current = (wanted && view.rows.some((held) => held.id === wanted) ? wanted : first?.id) ?? null;
  draw();
  hideBar();
  if (row()) text.reveal(row().fields.value.span[0]);
  document.title = `${summary().shown} · topline review`;
};

const learn = (answer) => {
  view.steps = { changes: answer.changes, undo: answer.undo, redo: answer.redo };
  Object.assign(summary(answer.summary.id), answer.summary);
};

const reload = async () => {
  const current = view.current;
  const run = await get("run");
  view.documents = run.documents.map((held, at) => ({ ...held, at }));
  sortDocuments();
  await open(view.name ?? view.documents[0].id, current);
};

// --- going about ---

const go = (name) => {
  if (!view.rows.some((held) => held.id === name)) return; // clicked while another document was on its way
  close();
  view.current = name;
  const held = row();
  draw();
  if (held) text.reveal(held.fields.value.span[0]);
};

const step = (by) => {
  const rows = inOrder(view.rows);
  const at = rows.findIndex((held) => held.id === view.current) + by;
  if (rows[at]) go(rows[at].id);
  else say(by > 0 ? "the last row; J goes to the next document" : "the first row; K goes to the document before");
};

const stepDocument = async (by) => {
  const at = view.documents.findIndex((held) => held.id === view.name) + by;
  if (view.documents[at]) await open(view.documents[at].id);
  else say(by > 0 ? "the last document" : "the first document");
};

// After a decision: the next open row of the document, or the next document that has one.
const onward = async () => {
  const rows = inOrder(view.rows);
  const at = rows.findIndex((held) => held.id === view.current);
  const next = [...rows.slice(at + 1), ...rows.slice(0, at)].find((held) => held.decision === "open");
  if (next) {
    go(next.id);
    return;
  }
  const here = view.documents.findIndex((held) => held.id === view.name);
  const others = [...view.documents.slice(here + 1), ...view.documents.slice(0, here)];
  const waiting = others.find((held) => !held.done);
  say(waiting ? "the document is finished; J goes on to the next" : "everything is decided; x exports the gold");
  draw();
};

const setOrder = (order) => {
  view.order = byId("order").value = order;
  sortDocuments();
  draw();
};

// --- changes ---

const submit = async (event) => {
  const answer = await post("events", { event, after: view.steps.changes });
  learn(answer);
  const document = answer.summary.id;
  if (document !== view.name) {
    await open(document, answer.target);
    return answer;
  }
  view.rows = view.rows.filter((held) => held.id !== answer.target);
  if (answer.row) view.rows.push(answer.row);
  if (answer.row) view.current = answer.row.id;
  else if (!row()) view.current = inOrder(view.rows)[0]?.id ?? null;
  close();
  draw();
  return answer;
};

const withRow = (action) => act(async () => {
  if (row()) await action(row());
  else say("no row is chosen");
});

const edit = (changes) => withRow(async (held) => {
  await submit({ do: "edit", row: held.id, set: changes });
  say("");
});

const decide = (decision) => withRow(async (held) => {
  await submit({ do: "decide", row: held.id, decision });
  say("");
  if (decision !== "open") await onward();
});

const set = (name, span) => {
  clearSelection();
  edit({ [name]: span });
};

const add = (span) => act(async () => {
  clearSelection();
  const answer = await submit({ do: "add", row: "", document: view.name, set: { value: span } });
  text.reveal(answer.row.fields.value.span[0]);
  say("new row: e and c choose its endpoint and cohort, a accepts it");
});

const walkBack = (how) => act(async () => {
  const answer = await submit({ do: how });
  if (answer.row) text.reveal(answer.row.fields.value.span[0]);
  say(how === "undo" ? "undone" : "done again");
});

const markEmpty = () => act(async () => {
  if (view.rows.length) return;
  await submit({ do: "empty", document: view.name, empty: !summary().empty });
  if (summary().empty) await onward();
});

// --- choosing ---

const close = () => {
  view.chooser = null;
  view.marked = [];
};

const leave = () => {
  close();
  draw();
};

const openChooser = (options) => {
  view.marked = [];
  byId("grip").hidden = true;
  view.chooser = new Chooser({
    ...options,
    text,
    show: (choices) => {
      view.marked = choices.map(({ span }, at) => ({ start: span[0], end: span[1], role: "choice", tag: String(at + 1) }));
      text.mark([...(row() ? marksOf(row()) : []), ...view.marked]);
    },
    close: leave,
  });
  view.chooser.field = options.field;
  draw();
};

const choose = (name) => withRow(async (held) => {
  const { choices } = await get("choices", { of: held.id, field: name });
  openChooser({
    title: BY_NAME.get(name).label, field: name, choices, near: held.fields.value.span[0],
    none: name !== "value" && Boolean(held.fields[name]), take: (span) => set(name, span),
  });
});

const chooseNew = () => act(async () => {
  const { choices } = await get("choices", { of: view.name, field: "new" });
  const near = row()?.fields.value.span[0] ?? 0;
  const behind = choices.findIndex((choice) => choice.span[0] > near);
  const turned = behind > 0 ? [...choices.slice(behind), ...choices.slice(0, behind)] : choices;
  openChooser({ title: "New result: its value", field: null, choices: turned, near, none: false, take: add });
});

// Use a stretch of text: for the choice that is open, or for a field.
const use = (name, span) => (name === null ? add(span) : set(name, span));

const take = (name) => {
  const selected = text.selected();
  if (selected) use(name, [selected.start, selected.end]);
  else if (name === null) chooseNew();
  else choose(name);
};

// --- selecting ---

const bar = byId("bar");
const hideBar = () => { bar.hidden = true; };
const clearSelection = () => {
  getSelection().removeAllRanges();
  hideBar();
};

const showBar = () => {
  const selected = text.selected();
  if (!selected) return hideBar();
  if (view.chooser) return use(view.chooser.field, [selected.start, selected.end]);
  const span = [selected.start, selected.end];
  const button = (name, label, letter) =>
    make("button", { type: "button", onclick: () => use(name, span) }, key(letter), ` ${label}`);
  bar.replaceChildren(
    ...(row() ? FIELDS.filter(({ name }) => name !== "value").map((field) => button(field.name, field.label, field.key)) : []),
    button(null, "New result", "n"));
  bar.hidden = false;
  const box = getSelection().getRangeAt(0).getBoundingClientRect();
  const left = Math.min(Math.max(box.left, 8), innerWidth - bar.offsetWidth - 8);
  const below = box.bottom + 8 + bar.offsetHeight < innerHeight;
  bar.style.left = `${Math.max(left, 8)}px`;
  bar.style.top = `${below ? box.bottom + 6 : Math.max(box.top - bar.offsetHeight - 6, 8)}px`;
};

text.root.addEventListener("click", (event) => {
  const element = event.target.closest(".mention");
  const mention = element && text.spans.get(element);
  if (mention && getSelection().isCollapsed) text.select(mention.start, mention.end);
  showBar();
});
document.addEventListener("selectionchange", () => {
  if (getSelection().isCollapsed) hideBar();
});
text.root.addEventListener("keyup", (event) => {
  if (event.shiftKey || event.key === "Shift") showBar();
});
text.root.addEventListener("scroll", hideBar, { passive: true });

// --- keys ---

const actions = new Map(Object.entries({
  j: () => act(() => step(1)), k: () => act(() => step(-1)),
  J: () => act(() => stepDocument(1)), K: () => act(() => stepDocument(-1)),
  a: () => decide("accepted"), r: () => decide("rejected"), o: () => decide("open"),
  u: () => walkBack("undo"), U: () => walkBack("redo"),
  n: () => take(null), y: () => byId("kind")?.focus(), "#": () => { byId("size")?.focus(); byId("size")?.select(); },
  w: () => setOrder(view.order === "unsure" ? "text" : "unsure"),
  x: () => byId("exporting").showModal(), "?": () => byId("help").showModal(),
  Escape: () => { clearSelection(); leave(); say(""); },
  ...Object.fromEntries([...BY_KEY].map(([letter, field]) => [letter, () => take(field.name)])),
}));

const CHOICE = /^(?:[0-9/]|ArrowUp|ArrowDown)$/;

document.addEventListener("keydown", (event) => {
  if (document.querySelector("dialog[open]")) return;
  if ((event.ctrlKey || event.metaKey) && !event.altKey && !event.target.matches("input")) {
    const letter = event.key.toLowerCase();
    if (letter !== "z" && letter !== "y") return;
    event.preventDefault();
    keyInTurn(() => walkBack(letter === "y" || event.shiftKey ? "redo" : "undo"));
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.matches("input, select")) {
    if (event.key === "Escape") event.target.blur();
    return;
  }
  if (!actions.has(event.key) && !CHOICE.test(event.key)) return;
  // Of a choice, the arrows move through its list; without one they scroll the text.
  if (event.key.startsWith("Arrow") && !view.chooser) return;
  event.preventDefault();
  keyInTurn(() => {
    if (!view.chooser?.press(event)) actions.get(event.key)?.();
  });
});

// --- the rest of the page ---

const panel = { decide, edit, set, choose, say, reveal: (offset) => text.reveal(offset) };

byId("before").onclick = () => act(() => stepDocument(-1));
byId("behind").onclick = () => act(() => stepDocument(1));
byId("documents").onchange = ({ target: { value }, target }) => { target.blur(); act(() => open(value)); };
byId("order").onchange = (event) => { event.target.blur(); setOrder(event.target.value); };
byId("undo").onclick = () => walkBack("undo");
byId("redo").onclick = () => walkBack("redo");
byId("keys").onclick = () => byId("help").showModal();
byId("export").onclick = () => byId("exporting").showModal();
byId("leave").onclick = () => byId("exporting").close();
byId("write").onclick = () => act(async () => {
  byId("exporting").close();
  say((await post("export", { partial: byId("partial").checked })).said);
});
byId("add").onclick = () => take(null);
byId("empty").onclick = markEmpty;
byId("help").querySelector(".keys").append(...KEYS.map(([names, what]) =>
  make("p", {}, make("span", {}, ...names.split(" ").map((name) => (name === "…" ? " … " : key(name)))), what)));

setUpDrag({
  text, grip: byId("grip"), row: byId("row"), drop: set,
  free: () => !view.chooser, // a choice is made by a click: the grip would lie over its numbers
  pick: (mention) => { text.select(mention.start, mention.end); showBar(); },
});

act(async () => {
  const run = await get("run");
  byId("gold").textContent = run.gold;
  byId("refused").hidden = !run.refused.length;
  byId("refused").querySelector("summary").textContent = `${run.refused.length} left out`;
  byId("refused").querySelector("ul").append(...run.refused.map((sentence) => make("li", { textContent: sentence })));
  await reload();
});
