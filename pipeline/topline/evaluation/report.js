
"use strict";
(() => {
  const byId = (name) => document.getElementById(name);
  const index = JSON.parse(byId("index").textContent);
  const lines = [...byId("list").children];
  const articles = lines.map((line) => byId("e" + line.dataset.item));
  const controls = { kind: byId("kind"), document: byId("document"), endpoint: byId("endpoint"), search: byId("search") };
  let shown = [];
  let picked = -1;

  const fits = (item, words) =>
    (controls.kind.value === "" || item.kind === controls.kind.value ||
      (controls.kind.value === "errors" && item.kind !== "correct")) &&
    (controls.document.value === "" || item.document === controls.document.value) &&
    (controls.endpoint.value === "" || item.endpoint === controls.endpoint.value) &&
    words.every((word) => item.text.includes(word));

  // Links are curves from a value to what it is linked with: gold below the line, predicted above it.
  const draw = (article) => {
    const svg = article.querySelector(".links");
    const frame = svg.getBoundingClientRect();
    svg.replaceChildren();
    for (const mark of article.querySelectorAll("mark")) {
      for (const [key, to] of Object.entries(mark.dataset)) {
        const value = to && article.querySelector(`mark[data-${CSS.escape(to)}]`);
        if (value && !agreed(mark, value, key, to)) svg.append(curve(frame, mark, value, key));
      }
    }
  };

  // Where gold and prediction say the same, the gold's curve stands for both.
  const agreed = (mark, value, key, to) =>
    key[0] === "p" && mark.dataset["g" + key.slice(1)] === "g" + to.slice(1) && `g${to.slice(1)}` in value.dataset;

  const curve = (frame, mark, value, key) => {
    const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
    const side = key[0] === "g" ? "gold" : "predicted";
    const [from, to] = [mark, value].map((element) => {
      const box = element.getClientRects()[0];
      const x = box.left + Math.min(box.width / 2, 60) - frame.left;
      return { x, y: (side === "gold" ? box.bottom + 2 : box.top - 2) - frame.top };
    });
    const away = (side === "gold" ? 1 : -1) * Math.min(22, 10 + Math.abs(from.x - to.x) / 40);
    path.setAttribute("d", `M${from.x},${from.y} C${from.x},${from.y + away} ${to.x},${to.y + away} ${to.x},${to.y}`);
    path.setAttribute("class", `${side} role-${key.replace(/^[gp]\d+/, "").toLowerCase()}`);
    return path;
  };

  const pick = (place, scroll) => {
    picked = shown.length ? Math.min(Math.max(place, 0), shown.length - 1) : -1;
    const number = shown[picked];
    lines.forEach((line, at) => line.classList.toggle("picked", at === number));
    articles.forEach((article, at) => article.classList.toggle("picked", at === number));
    lines.forEach((line, at) => line.firstElementChild.toggleAttribute("aria-current", at === number));
    byId("nothing").hidden = picked >= 0;
    if (picked < 0) return;
    draw(articles[number]);
    if (scroll) {
      lines[number].scrollIntoView({ block: "nearest" });
      history.replaceState(null, "", "#" + articles[number].id);
    }
  };

  const filter = () => {
    const words = controls.search.value.toLowerCase().split(/\s+/).filter(Boolean);
    const number = shown[picked];
    shown = [];
    index.forEach((item, at) => {
      const fit = fits(item, words);
      lines[at].hidden = articles[at].hidden = !fit;
      if (fit) shown.push(at);
    });
    byId("shown").textContent = `${shown.length} of ${index.length} outcomes`;
    pick(Math.max(shown.indexOf(number), 0), false);
  };

  const clear = () => {
    controls.kind.value = "errors";
    controls.document.value = controls.endpoint.value = controls.search.value = "";
    filter();
  };

  const follow = () => {
    const at = articles.findIndex((article) => "#" + article.id === location.hash);
    if (at < 0) return;
    if (!shown.includes(at)) { controls.kind.value = ""; filter(); }
    pick(shown.indexOf(at), true);
  };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Escape") { event.target.blur(); clear(); return; }
    if (event.target.matches("input, select")) return;
    if (event.key === "j") pick(picked + 1, true);
    else if (event.key === "k") pick(picked - 1, true);
    else if (event.key === "/") { event.preventDefault(); controls.search.focus(); }
  });
  for (const control of Object.values(controls)) control.addEventListener("input", filter);
  byId("filters").addEventListener("submit", (event) => event.preventDefault());
  document.addEventListener("click", (event) => {
    const button = event.target.closest("button[data-kind], button[data-document]");
    if (!button) return;
    if (button.dataset.kind) controls.kind.value = button.dataset.kind;
    else controls.document.value = button.dataset.document;
    filter();
    byId("filters").scrollIntoView({ behavior: "smooth" });
  });
  byId("list").addEventListener("click", (event) => {
    const line = event.target.closest("li");
    if (!line) return;
    event.preventDefault();
    pick(shown.indexOf(lines.indexOf(line)), true);
  });
  addEventListener("hashchange", follow);
  addEventListener("resize", () => picked >= 0 && draw(articles[shown[picked]]));
  // The listener runs when the print layout is in force; at `beforeprint` the lines would still break as on screen.
  matchMedia("print").addEventListener("change", (event) => {
    for (const article of event.matches ? articles : articles.slice(shown[picked], shown[picked] + 1)) if (!article.hidden) draw(article);
  });
  document.documentElement.classList.add("scripted");
  filter();
  follow();
})();
