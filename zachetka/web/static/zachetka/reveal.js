// A revealed value hides itself again after a minute, when the page is left or printed: the eye is not the paper.
const SHOWN = 60_000;

function tend(place) {
  const value = place.querySelector("[data-value]");
  if (!value) return;
  const hide = () => { value.textContent = value.dataset.masked; };
  setTimeout(hide, SHOWN);
  addEventListener("pagehide", hide, { once: true });
}
document.addEventListener("htmx:afterSwap", (event) => {
  const place = event.detail.elt.closest?.("[data-reveal]") ?? event.detail.elt;
  if (place.matches?.("[data-reveal]")) tend(place);
  place.querySelectorAll?.("[data-reveal]").forEach(tend);
});
document.querySelectorAll("[data-reveal]").forEach(tend);
