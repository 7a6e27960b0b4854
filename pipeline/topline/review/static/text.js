// The document's text: units to elements, marks over them, and selections back to offsets.
// Offsets count code points of the reading text. Text enters the page by text nodes alone.

import { BY_NAME, INNERMOST, make } from "./fields.js";

export class Text {
  constructor(root) {
    this.root = root;
    this.holders = [];
    this.characters = [];
    this.marks = [];
    this.starts = new WeakMap(); // text node -> offset of its first character
    this.spans = new WeakMap(); // element of a mention -> the mention
  }

  show(page) {
    this.holders = [];
    this.characters = [];
    this.marks = [];
    const units = page.units.map((unit) => (unit.kind === "table" ? this.table(unit) : this.block(unit)));
    this.holders.sort((a, b) => a.start - b.start);
    this.deal(page.mentions);
    this.root.replaceChildren(...units);
    for (const holder of this.holders) this.fill(holder);
    this.root.scrollTop = 0;
  }

  // Give each mention to the holders that it stands in: both are in order of place.
  deal(mentions) {
    let first = 0;
    for (const [start, end, label] of mentions) {
      while (first < this.holders.length && this.holders[first].end <= start) first += 1;
      for (let at = first; at < this.holders.length && this.holders[at].start < end; at += 1) {
        this.holders[at].mentions.push({ start, end, label });
      }
    }
  }

  block(unit) {
    const tag = unit.kind === "heading" ? "h2" : "p";
    const element = make(tag, { className: `unit ${unit.kind}` });
    if (unit.kind === "list_item") element.dataset.level = Math.min(unit.level, 4);
    this.hold(element, unit.pieces);
    return element;
  }

  table(unit) {
    const rows = unit.rows.map((cells) => make("tr", {}, ...cells.map((cell) => {
      const element = make(cell.head ? "th" : "td", { colSpan: cell.span });
      this.hold(element, cell.pieces);
      return element;
    })));
    return make("div", { className: "unit scroll" }, make("table", {}, make("tbody", {}, ...rows)));
  }

  hold(element, pieces) {
    if (!pieces.length) return;
    const runs = pieces.map(([start, end, shown]) => ({ start, end, points: [...shown] }));
    for (const run of runs) run.points.forEach((point, at) => { this.characters[run.start + at] = point; });
    this.holders.push({ element, runs, mentions: [], start: runs[0].start, end: runs.at(-1).end });
  }

  // Set the marks of a row: [{start, end, role, tag}]; only the units that they touch are drawn again.
  mark(marks) {
    const touched = [...this.marks, ...marks];
    this.marks = marks;
    for (const holder of this.holders) {
      if (touched.some((mark) => mark.start < holder.end && holder.start < mark.end)) this.fill(holder);
    }
  }

  fill(holder) {
    const marks = this.marks.filter((mark) => mark.start < holder.end && holder.start < mark.end);
    const { mentions } = holder;
    const edges = new Set([...marks, ...mentions].flatMap((item) => [item.start, item.end]));
    const drawn = [];
    for (const run of holder.runs) {
      let at = run.start;
      const inside = [...edges].filter((edge) => run.start < edge && edge < run.end);
      for (const edge of [...inside.sort((a, b) => a - b), run.end]) {
        const said = run.points.slice(at - run.start, edge - run.start).join("");
        if (said) drawn.push(this.piece(said, at, edge, marks, mentions));
        at = edge;
      }
    }
    holder.element.replaceChildren(...drawn);
  }

  piece(said, start, end, marks, mentions) {
    const node = document.createTextNode(said);
    this.starts.set(node, start);
    const covers = (item) => item.start <= start && end <= item.end;
    const over = marks.filter(covers).sort((a, b) => rank(a.role) - rank(b.role));
    const mention = mentions.filter(covers).sort((a, b) => (a.end - a.start) - (b.end - b.start))[0];
    if (!over.length && !mention) return node;
    const element = make(over.length ? "mark" : "span", {}, node);
    if (mention) {
      element.classList.add("mention", ...(mention.label === "PHRASE" ? ["phrase"] : []));
      this.spans.set(element, mention);
    }
    for (const mark of over) element.classList.add(`in-${mark.role}`);
    if (over.length) element.classList.add(`role-${over[0].role}`);
    const opened = over.filter((mark) => mark.start === start);
    if (opened.length) element.dataset.tag = opened.map((mark) => mark.tag).join(", ");
    return element;
  }

  elementAt(offset) {
    const holder = this.holders.find((held) => held.start <= offset && offset < held.end);
    if (!holder) return null;
    const walker = document.createTreeWalker(holder.element, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      const start = this.starts.get(walker.currentNode);
      if (offset < start + [...walker.currentNode.data].length) return walker.currentNode.parentElement;
    }
    return holder.element;
  }

  reveal(offset) {
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.elementAt(offset)?.scrollIntoView({ block: "center", behavior: calm ? "instant" : "smooth" });
  }

  // Return the selected stretch of the text, without white space at its ends; null when there is none.
  selected() {
    const selection = getSelection();
    if (!selection.rangeCount || selection.isCollapsed) return null;
    const range = selection.getRangeAt(0);
    if (!this.root.contains(range.startContainer) || !this.root.contains(range.endContainer)) return null;
    let start = this.offset(range.startContainer, range.startOffset, true);
    let end = this.offset(range.endContainer, range.endOffset, false);
    const blank = (at) => (this.characters[at] ?? " ").trim() === "";
    while (start < end && blank(start)) start += 1;
    while (start < end && blank(end - 1)) end -= 1;
    return start < end ? { start, end, text: this.words(start, end) } : null;
  }

  offset(node, at, forward) {
    const start = this.starts.get(node);
    if (start !== undefined) return start + [...node.data.slice(0, at)].length;
    const walker = document.createTreeWalker(this.root, NodeFilter.SHOW_TEXT);
    const edge = document.createRange();
    edge.setStart(node, at);
    let before = 0;
    while (walker.nextNode()) {
      const held = walker.currentNode;
      if (edge.comparePoint(held, 0) >= 0) {
        return forward ? this.starts.get(held) : before;
      }
      before = this.starts.get(held) + [...held.data].length;
    }
    return before;
  }

  // Select a stretch of the text in the page, as if by the mouse.
  select(start, end) {
    const range = document.createRange();
    const from = this.point(start, false);
    const to = this.point(end, true);
    if (!from || !to) return;
    range.setStart(...from);
    range.setEnd(...to);
    const selection = getSelection();
    selection.removeAllRanges();
    selection.addRange(range);
  }

  point(offset, ending) {
    const fits = (low, high) => (ending ? low < offset && offset <= high : low <= offset && offset < high);
    const holder = this.holders.find((held) => fits(held.start, held.end));
    if (!holder) return null;
    const walker = document.createTreeWalker(holder.element, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      const node = walker.currentNode;
      const start = this.starts.get(node);
      const points = [...node.data];
      if (fits(start, start + points.length)) return [node, points.slice(0, offset - start).join("").length];
    }
    return null;
  }

  words(start, end) {
    const held = [];
    for (let at = start; at < end; at += 1) held.push(this.characters[at] ?? " ");
    return held.join("").split(/\s+/u).filter(Boolean).join(" ");
  }

  // Return where words stand, the nearest to an offset first.
  find(words, near, most) {
    const wanted = words.trim().split(/\s+/u).map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")).join("\\s+");
    if (!wanted) return [];
    const whole = Array.from(this.characters, (character) => character ?? " ");
    const joined = whole.join("");
    const found = [];
    let units = 0;
    let offset = 0;
    for (const match of joined.matchAll(new RegExp(wanted, "giu"))) {
      offset += [...joined.slice(units, match.index)].length;
      units = match.index;
      found.push({ span: [offset, offset + [...match[0]].length], text: match[0], place: this.around(offset) });
    }
    const away = (choice) => Math.abs(choice.span[0] - near);
    return found.sort((a, b) => away(a) - away(b)).slice(0, most);
  }

  around(offset) {
    return `… ${this.words(Math.max(0, offset - 40), Math.min(this.characters.length, offset + 60))} …`;
  }
}

const rank = (role) => (INNERMOST.includes(role) ? INNERMOST.indexOf(role) : -1);

export const marksOf = (row) =>
  Object.entries(row.fields).map(([role, field]) => ({
    start: field.span[0], end: field.span[1], role, tag: BY_NAME.get(role).tag,
  }));
