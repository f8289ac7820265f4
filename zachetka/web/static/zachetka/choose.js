// Choosing people by boxes: the number follows, «Отметить всех» works in place, Shift does the same to all rows in between.
// Without this file the buttons send the form and the page comes back with its boxes set.
const place = document.querySelector("[data-choose]");
const boxes = [...place.querySelectorAll("tbody input[type=checkbox]")];
const fit = boxes.filter((box) => !box.closest("tr").classList.contains("is-off"));
let last = null;

function count() {
  place.querySelector("[data-chosen]").textContent = boxes.filter((box) => box.checked).length;
}

for (const box of boxes) {
  box.addEventListener("click", (event) => {
    if (event.shiftKey && last && last !== box) {
      const [from, to] = [boxes.indexOf(last), boxes.indexOf(box)].sort((one, other) => one - other);
      for (const other of boxes.slice(from, to + 1)) if (fit.includes(other) || !box.checked) other.checked = box.checked;
    }
    last = box;
    count();
  });
}

for (const button of place.querySelectorAll("[data-mark]")) {
  button.addEventListener("click", (event) => {
    event.preventDefault();
    const all = button.value === "all";
    for (const box of all ? fit : boxes) box.checked = all;
    count();
  });
}

for (const hint of place.querySelectorAll("[data-with-scripts]")) hint.hidden = false;
count();
