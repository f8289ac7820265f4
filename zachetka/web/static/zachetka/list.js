// Filters send themselves when changed; without this file the button «Показать» does it.
document.addEventListener("change", (event) => {
  const form = event.target.closest("form[data-filters]");
  if (form && event.target.matches("select, input[type=checkbox], input[data-day]")) form.requestSubmit();
});
let timer = 0;
document.addEventListener("input", (event) => {
  const form = event.target.closest("form[data-filters]");
  if (!form || !event.target.matches("input[type=search]")) return;
  clearTimeout(timer);
  timer = setTimeout(() => form.requestSubmit(), 300);
});
for (const button of document.querySelectorAll("form[data-filters] [data-show]")) button.hidden = true;
document.addEventListener("htmx:load", () => {
  for (const button of document.querySelectorAll("form[data-filters] [data-show]")) button.hidden = true;
});
