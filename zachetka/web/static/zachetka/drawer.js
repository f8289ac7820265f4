// A panel beside a list: each item has an address, so ↑ ↓ follow links and Escape goes back to the list.
const WALK = { ArrowUp: "up", ArrowDown: "down", Escape: "close" };

document.addEventListener("keydown", (event) => {
  const step = WALK[event.key];
  if (!step || event.defaultPrevented || event.altKey || event.ctrlKey || event.metaKey) return;
  if (event.target.closest("input, select, textarea, dialog, [role=grid], details[open], [role=listbox]")) return;
  const link = document.querySelector(`[data-walk="${step}"]`);
  if (!link) return;
  event.preventDefault();
  link.click();
});
