// A day is typed and shown as ДД.ММ.ГГГГ whatever the browser's language; dots come by themselves, a paste of any usual
// spelling is understood, and the button opens the browser's calendar. Without this file the field is a plain line.
const SPELLINGS = [
  [/^(\d{4})-(\d{1,2})-(\d{1,2})$/, ([, y, m, d]) => [d, m, y]],
  [/^(\d{1,2})[.,/ -]+(\d{1,2})[.,/ -]+(\d{4}|\d{2})\.?$/, ([, d, m, y]) => [d, m, y]],
  [/^(\d{2})(\d{2})(\d{4}|\d{2})$/, ([, d, m, y]) => [d, m, y]],
];

function parts(text) {
  for (const [form, order] of SPELLINGS) {
    const found = text.trim().match(form);
    if (!found) continue;
    const [d, m, y] = order(found).map(Number);
    const year = y > 99 ? y : y + (y > (new Date().getFullYear() % 100) + 5 ? 1900 : 2000);
    const day = new Date(Date.UTC(year, m - 1, d));
    if (day.getUTCMonth() === m - 1 && day.getUTCDate() === d) return [String(d).padStart(2, "0"), String(m).padStart(2, "0"), year];
  }
  return null;
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
    const typing = event.inputType === "insertText" && input.selectionStart === input.value.length;
    if (typing && /^\d{2}(\.\d{2})?$/.test(input.value)) input.value += ".";
    else if (typing) input.value = input.value.replace(/[.,/ ]+$/, ".");
  });
  input.addEventListener("change", () => tidy(input));
}

const dressAll = (root) => { for (const input of root.querySelectorAll("input[data-day]:not(.day-input > input)")) dress(input); };
dressAll(document);
document.addEventListener("htmx:load", (event) => dressAll(event.detail.elt));
