// The fields of a row: the link of the gold, its name, its key, and the short word above its mark.

export const FIELDS = [
  { name: "value", label: "Value", key: "b", tag: "value" },
  { name: "endpoint", label: "Endpoint", key: "e", tag: "endpoint" },
  { name: "cohort", label: "Cohort", key: "c", tag: "cohort" },
  { name: "n_at", label: "n", key: "s", tag: "n" },
  { name: "time", label: "Time frame", key: "t", tag: "time" },
  { name: "ci", label: "Interval", key: "i", tag: "CI" },
  { name: "p", label: "p-value", key: "p", tag: "p" },
  { name: "comparator", label: "Versus", key: "v", tag: "versus" },
  { name: "numerator", label: "Count of n", key: "m", tag: "count" },
];
export const BY_KEY = new Map(FIELDS.map((field) => [field.key, field]));
export const BY_NAME = new Map(FIELDS.map((field) => [field.name, field]));
// Where marks lie over each other, the first of these gives the colour.
export const INNERMOST = ["value", "n_at", "numerator", "p", "ci", "endpoint", "time", "comparator", "cohort"];
export const KINDS = ["percent", "count", "duration", "ratio", "number", "p_value"];

export const KEYS = [
  ["j k", "next, previous row"],
  ["J K", "next, previous document"],
  ["a r o", "accept, reject, open again"],
  ["e c", "choose the endpoint, the cohort"],
  ["s t i p v m b", "the place of n, the time frame, interval, p-value, comparator, count of n, value"],
  ["1 … 9, 0", "take a choice, take none; / finds other words"],
  ["y", "kind of the value"],
  ["#", "type n"],
  ["n", "new result: of the selected number, or choose one"],
  ["u U", "undo, redo"],
  ["w", "unsure rows first, or as in the text"],
  ["x", "export the gold"],
  ["Esc", "leave a choice or a selection"],
  ["?", "this list"],
];

export const make = (tag, properties = {}, ...children) => {
  const { dataset, ...others } = properties;
  const element = Object.assign(document.createElement(tag), others);
  Object.assign(element.dataset, dataset);
  element.append(...children);
  return element;
};

export const key = (name) => make("kbd", { textContent: name });
