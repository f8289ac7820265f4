// A row of tabs wider than the screen is shown where the page stands; without this file it begins at its first tab.
function show(root) {
  for (const tab of root.querySelectorAll(".tabs [aria-current]")) {
    const row = tab.closest(".tabs"), [at, room] = [tab.getBoundingClientRect(), row.getBoundingClientRect()];
    row.scrollLeft += at.left - room.left - (room.width - at.width) / 2;
  }
}
show(document);
document.addEventListener("htmx:load", (event) => show(event.target));
