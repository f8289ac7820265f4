// Dialogs are for the irreversible. data-open="#id" opens, data-close="dialog" closes; focus starts on the safe button.
// A menu (details[data-menu]) closes on Escape, on a click elsewhere and when focus leaves it.
document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-open]");
  if (opener) {
    const dialog = document.querySelector(opener.dataset.open);
    if (dialog instanceof HTMLDialogElement) {
      event.preventDefault();
      dialog.showModal();
    }
  }
  if (event.target.closest('[data-close="dialog"]')) event.target.closest("dialog").close();
  for (const menu of document.querySelectorAll("details[data-menu][open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of document.querySelectorAll("details[data-menu][open]")) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});

document.addEventListener("focusin", (event) => {
  for (const menu of document.querySelectorAll("details[data-menu][open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});

// What must be typed: the dangerous button stays locked until the fact matches; the server checks it again.
function judge(input) {
  const button = input.form.querySelector(".btn-danger, .btn-primary");
  if (button) button.disabled = input.value.trim() !== input.dataset.fact;
}
for (const input of document.querySelectorAll("[data-fact]")) judge(input);
document.addEventListener("input", (event) => {
  if (event.target.matches("[data-fact]")) judge(event.target);
});
