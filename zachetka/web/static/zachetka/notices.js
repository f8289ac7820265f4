// Messages: a success leaves after eight seconds, unless it is being read; nothing else leaves by itself.
const STAY = 8000;

export function tend(notice) {
  const close = notice.querySelector(".close");
  if (close) close.hidden = false;
  if (notice.dataset.notice !== "success" || notice.querySelector(".act")) return;
  let timer = setTimeout(() => notice.remove(), STAY);
  const hold = () => clearTimeout(timer);
  const release = () => { timer = setTimeout(() => notice.remove(), STAY); };
  for (const name of ["mouseenter", "focusin"]) notice.addEventListener(name, hold);
  for (const name of ["mouseleave", "focusout"]) notice.addEventListener(name, release);
}

const place = document.getElementById("notices");
if (place) {
  place.querySelectorAll("[data-notice]").forEach(tend);
  new MutationObserver((changes) => {
    for (const change of changes) {
      for (const node of change.addedNodes) {
        if (node.nodeType !== Node.ELEMENT_NODE) continue;
        if (node.matches("[data-notice]")) tend(node);
        node.querySelectorAll("[data-notice]").forEach(tend);
      }
    }
  }).observe(place, { childList: true, subtree: true });
}

document.addEventListener("click", (event) => {
  const close = event.target.closest('[data-close="[data-notice]"]');
  if (close) close.closest("[data-notice]").remove();
});
