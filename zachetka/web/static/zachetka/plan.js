// The plan of a programme: rows are added, moved and taken away from the keyboard; hours are summed as they are typed.
// Without this file numbers in the first column give the order and an empty row waits at the bottom.
const form = document.querySelector("[data-plan]");
const body = (name) => form.querySelector(`[data-rows="${name}"]`);
const rows = (name) => [...body(name).querySelectorAll("[data-row]")];
const live = (name) => rows(name).filter((row) => !row.hidden);
const part = (row, name) => row.querySelector(`[name$="-${name}"]`);
const number = (row) => Number(part(row, "title").name.split("-")[1]);
const NBSP = "\u00a0";

function sum() {
  const whole = Number(form.elements.hours.value) || 0;
  const total = live("m").reduce((all, row) => all + (Number(part(row, "hours").value) || 0), 0);
  const place = form.querySelector("[data-sum]");
  const apart = whole - total;
  const tail = apart > 0 ? `, не хватает ${apart}${NBSP}ч` : apart < 0 ? `, лишние ${-apart}${NBSP}ч` : "";
  place.textContent = `${total} из ${whole}${NBSP}ч${tail}`;
  place.className = apart ? "t-bad" : "t-ok";
}

function renumber() {
  live("m").filter((row) => part(row, "title").value || part(row, "hours").value).forEach((row, at) => { part(row, "ORDER").value = at + 1; });
}

// A checkbox for each line of the plan beside each result, named as the line is named, in the order of the plan.
function relabel() {
  const lines = rows("m").map((row) => ({ row, at: number(row), name: part(row, "short_title").value || part(row, "title").value }));
  for (const place of form.querySelectorAll("[data-proofs]")) {
    const boxes = new Map([...place.querySelectorAll("input")].map((box) => [Number(box.value), box.closest("label")]));
    for (const { row, at, name } of lines) {
      let label = boxes.get(at);
      if (!label) {
        label = document.createElement("label");
        label.className = "check";
        const box = Object.assign(document.createElement("input"), { type: "checkbox", name: place.dataset.proofs, value: at });
        label.append(box, document.createElement("span"));
      }
      place.append(label);
      label.lastElementChild.textContent = name;
      label.hidden = row.hidden || !name;
      if (row.hidden) label.firstElementChild.checked = false;
    }
  }
}

function add(name, after = null) {
  const total = form.elements[`${name}-TOTAL_FORMS`];
  const holder = document.createElement("tbody");
  holder.innerHTML = form.querySelector(`[data-template="${name}"]`).innerHTML.replaceAll("__prefix__", total.value);
  const row = holder.querySelector("[data-row]");
  total.value = Number(total.value) + 1;
  if (after) after.after(row); else body(name).append(row);
  tend(row);
  renumber();
  relabel();
  (name === "m" ? part(row, "title") : part(row, "code")).focus();
}

function move(row, by) {
  const all = live("m");
  const to = all[all.indexOf(row) + by];
  if (!to) return;
  if (by < 0) to.before(row); else to.after(row);
  renumber();
  relabel();
  rows("m").forEach((one) => one.classList.toggle("is-moved", one === row));
}

// «Убрать» hides the row at once; the box goes with the form, so the server takes the row away when the draft is saved.
function tend(row) {
  const box = part(row, "DELETE");
  row.hidden = box.checked;
  box.addEventListener("change", () => {
    const near = row.nextElementSibling ?? row.previousElementSibling;
    row.hidden = box.checked;
    renumber();
    relabel();
    sum();
    near?.querySelector("input:not([type=hidden])")?.focus();
  });
}

if (form) {
  rows("m").forEach(tend);
  rows("r").forEach(tend);
  for (const button of form.querySelectorAll("[data-add]")) {
    button.hidden = false;
    button.addEventListener("click", () => add(button.dataset.add));
  }
  form.querySelectorAll("[data-with-scripts]").forEach((place) => { place.hidden = false; });
  form.addEventListener("input", () => { sum(); relabel(); });
  form.addEventListener("keydown", (event) => {
    const row = event.target.closest?.("[data-row]");
    if (!row) return;
    const name = row.parentElement.dataset.rows;
    if (event.altKey && name === "m" && (event.key === "ArrowUp" || event.key === "ArrowDown")) {
      event.preventDefault();
      move(row, event.key === "ArrowUp" ? -1 : 1);
      event.target.focus();
    } else if (event.key === "Enter" && event.target.matches("input:not([type=checkbox])")) {
      event.preventDefault();
      const next = live(name)[live(name).indexOf(row) + 1];
      if (next) next.querySelector(`[name$="-${event.target.name.split("-").pop()}"]`)?.focus();
      else add(name, row);
    }
  });
  sum();
  relabel();
}
