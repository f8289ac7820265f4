// A panel beside a cell that never covers what is in use: it takes free cells on the right or on the left, else the bottom line.
const GAP = 6;

export class Panel {
  constructor(table, dock) {
    this.table = table;
    this.dock = dock;
    this.box = document.createElement("div");
    this.box.className = "sheet-panel";
    this.box.hidden = true;
    document.body.append(this.box);
    this.kind = "";
    for (const name of ["resize", "scroll"]) addEventListener(name, () => this.place(), { capture: true, passive: true });
  }

  show(kind, td, content, tone = "") {
    Object.assign(this, { kind, td });
    this.box.className = `sheet-panel ${tone}`;
    this.box.replaceChildren(...content);
    this.box.hidden = false;
    this.place();
  }

  hide(kind = this.kind) {
    if (this.kind !== kind) return;
    this.kind = "";
    this.box.hidden = true;
    this.box.replaceChildren();
    if (this.box.parentElement !== document.body) document.body.append(this.box);
  }

  place() {
    if (this.box.hidden) return;
    if (this.box.parentElement !== document.body) document.body.append(this.box);
    this.box.classList.remove("is-docked");
    const cell = this.td.getBoundingClientRect(), view = this.table.parentElement.getBoundingClientRect();
    const { offsetWidth: width, offsetHeight: height } = this.box;
    const top = Math.max(view.top + 4, Math.min(cell.top - 8, view.bottom - height - 4));
    for (const left of [cell.right + GAP, cell.left - GAP - width]) {
      if (left >= view.left && left + width <= view.right && this.isFree(left, top, width, height)) {
        this.box.style.left = `${left}px`;
        this.box.style.top = `${top}px`;
        return;
      }
    }
    this.box.style.left = this.box.style.top = "";
    this.box.classList.add("is-docked");
    this.dock.append(this.box);
  }

  isFree(left, top, width, height) {
    for (const row of this.table.tBodies[0].rows) {
      const line = row.getBoundingClientRect();
      if (line.bottom <= top || line.top >= top + height) continue;
      for (const cell of row.cells) {
        const box = cell.getBoundingClientRect();
        if (box.right > left && box.left < left + width && (cell.textContent.trim() || cell.querySelector("input"))) return false;
      }
    }
    return this.table.tHead.getBoundingClientRect().bottom <= top;
  }
}

export function piece(tag, text = "", classes = "", attributes = {}) {
  const made = document.createElement(tag);
  if (text) made.textContent = text;
  if (classes) made.className = classes;
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  return made;
}

export function icon(n) {
  return document.getElementById("sheet-icons").content.children[n].cloneNode(true);
}
