// A day is typed and shown as ДД.ММ.ГГГГ whatever the browser's language; dots come by themselves, a paste of a usual
// spelling is understood, and the button opens the browser's calendar. What could mean two days («03/04/1990», a year of
// two digits) stays as it was typed: the server refuses it in words. Without this file the field is a plain line.
const SPELLINGS = [
  [/^(\d{4})-(\d{1,2})-(\d{1,2})$/, ([, y, m, d]) => [d, m, y]],
  [/^(\d{1,2})[., -]+(\d{1,2})[., -]+(\d{4})\.?$/, ([, d, m, y]) => [d, m, y]],
  [/^(1[3-9]|2\d|3[01])\/(\d{1,2})\/(\d{4})$/, ([, d, m, y]) => [d, m, y]],
  [/^(\d{2})(\d{2})(\d{4})$/, ([, d, m, y]) => [d, m, y]],
];

function parts(text) {
  for (const [form, order] of SPELLINGS) {
    const found = text.trim().match(form);
    if (!found) continue;
    const [d, m, y] = order(found).map(Number);
    const day = new Date(Date.UTC(y, m - 1, d));
    if (day.getUTCMonth() === m - 1 && day.getUTCDate() === d) return [String(d).padStart(2, "0"), String(m).padStart(2, "0"), String(y)];
  }
  return null;
}

// The dot that came by itself gives way to the sign that was meant; «19.90-» was the beginning of «1990-04-03».
const WRITTEN = [[/^(\d{2})\.(\d{2})\.?-$/, "$1$2-"], [/\.([/-])$/, "$1"], [/[., ]+$/, "."], [/^(0[1-9]|[12]\d|3[01])(\.(0[1-9]|1[0-2]))?$/, "$&."]];

function written(text) {
  const found = WRITTEN.find(([form]) => form.test(text));
  return found ? text.replace(...found) : text;
}

const tidy = (input) => { const found = parts(input.value); if (found) input.value = found.join("."); };

function dress(input) {
  tidy(input);
  const place = document.getElementById("day-picker").content.cloneNode(true).firstElementChild;
  const calendar = place.querySelector("input"), button = place.querySelector("button");
  calendar.min = input.dataset.min ?? "";
  calendar.max = input.dataset.max ?? "";
  input.before(place);
  place.prepend(input);
  button.addEventListener("click", () => {
    const found = parts(input.value);
    calendar.value = found ? found.toReversed().join("-") : "";
    calendar.showPicker();
  });
  calendar.addEventListener("change", () => {
    input.value = calendar.value;
    tidy(input);
    input.dispatchEvent(new Event("change", { bubbles: true }));
    input.focus();
  });
  input.addEventListener("input", (event) => {
    if (event.inputType === "insertText" && input.selectionStart === input.value.length) input.value = written(input.value);
  });
  input.addEventListener("change", () => tidy(input));
}

const dressAll = (root) => { for (const input of root.querySelectorAll("input[data-day]:not(.day-input > input)")) dress(input); };
dressAll(document);
document.addEventListener("htmx:load", (event) => dressAll(event.detail.elt));
