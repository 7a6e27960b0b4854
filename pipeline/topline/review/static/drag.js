// Dragging: a mention by the grip beside the line that is pointed at, or selected text by itself, onto a field of the row.

const SHOWN = 600; // milliseconds that the grip stays when the pointer leaves for it

export const setUpDrag = ({ text, grip, row, drop, free, pick }) => {
  let held = null; // the mention under the grip
  let dragged = null;
  let leaving = 0;

  const hide = () => {
    grip.hidden = true;
    held = null;
  };

  text.root.addEventListener("pointerover", (event) => {
    clearTimeout(leaving);
    const element = event.target.closest(".mention");
    const mention = element && text.spans.get(element);
    if (!mention || event.buttons || !free()) {
      leaving = setTimeout(hide, SHOWN);
      return;
    }
    const lines = [...element.getClientRects()];
    const box = lines.find((line) => event.clientY >= line.top && event.clientY <= line.bottom) ?? lines[0];
    held = mention;
    grip.textContent = `⠿ ${mention.label.toLowerCase().replace("_", " ")}`;
    grip.hidden = false;
    grip.style.left = `${box.left}px`;
    const above = box.top - grip.offsetHeight + 1;
    const room = above >= text.root.getBoundingClientRect().top;
    grip.style.top = `${room ? above : box.bottom - 1}px`;
  });
  text.root.addEventListener("scroll", hide, { passive: true });
  text.root.addEventListener("pointerleave", () => { leaving = setTimeout(hide, SHOWN); });
  grip.addEventListener("click", () => {
    if (held) pick(held);
  });
  grip.addEventListener("pointerenter", () => clearTimeout(leaving));
  grip.addEventListener("pointerleave", () => { leaving = setTimeout(hide, SHOWN); });

  document.addEventListener("dragstart", (event) => {
    clearTimeout(leaving);
    const selection = event.target === grip ? null : text.selected();
    const source = event.target === grip ? held : selection;
    if (!source) {
      event.preventDefault();
      return;
    }
    dragged = [source.start, source.end];
    event.dataTransfer.effectAllowed = "link";
    event.dataTransfer.setData("text/plain", text.words(source.start, source.end));
    document.body.classList.add("dragging");
  });
  document.addEventListener("dragend", () => {
    dragged = null;
    document.body.classList.remove("dragging");
    hide();
  });

  const target = (event) => dragged && event.target.closest?.("[data-field]");
  const light = (field) => {
    for (const other of row.querySelectorAll(".over")) other.classList.toggle("over", other === field);
    field?.classList.add("over");
  };
  row.addEventListener("dragover", (event) => {
    const field = target(event);
    light(field);
    if (!field) return;
    event.preventDefault();
    event.dataTransfer.dropEffect = "link";
  });
  row.addEventListener("dragleave", () => light(null));
  row.addEventListener("drop", (event) => {
    const field = target(event);
    light(null);
    if (!field) return;
    event.preventDefault();
    drop(field.dataset.field, dragged);
  });
};
