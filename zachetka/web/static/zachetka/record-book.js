// «исправлена» opens the history under its line without a request; without this script the button asks the server.
document.addEventListener("click", (event) => {
  const button = event.target.closest("button[data-history]");
  if (!button) return;
  const row = document.getElementById(button.getAttribute("aria-controls"));
  if (!row) return;
  event.preventDefault();
  row.hidden = !row.hidden;
  button.setAttribute("aria-expanded", String(!row.hidden));
});
