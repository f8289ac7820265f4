// Waiting and refusals. A refusal (data-refusal) goes to the nearest [data-error-slot] or to the notices, the form
// stays as typed, focus goes to what must be read. A button keeps its width and says «Загружаем…».
const slotFor = (element) =>
  element.closest("form, dialog, section, tr")?.querySelector("[data-error-slot]") ?? document.getElementById("notices");

document.addEventListener("htmx:beforeSwap", (event) => {
  const { xhr, requestConfig } = event.detail;
  if (xhr.status >= 400 && xhr.responseText.trimStart().startsWith("<div data-refusal")) {
    event.detail.shouldSwap = true;
    event.detail.isError = false;
    event.detail.target = slotFor(requestConfig.elt);
    event.detail.swapOverride = "innerHTML";
  } else if (xhr.status >= 400 && xhr.status !== 422) {
    note("fault-notice");
  }
});

document.addEventListener("htmx:sendError", () => note("offline-notice"));
document.addEventListener("htmx:timeout", () => note("offline-notice"));

function note(id) {
  const template = document.getElementById(id);
  const place = document.getElementById("notices");
  if (template && place) place.replaceChildren(template.content.cloneNode(true));
}

// Focus is never lost to the body: to the error, to what asked for it, or to the changed row.
document.addEventListener("htmx:afterSettle", (event) => {
  const place = event.detail.elt;
  if (!(place instanceof Element)) return;
  const wanted = place.querySelector("[aria-invalid=true], [role=alert], [data-focus], [autofocus]")
    ?? (place.matches("[data-focus]") ? place : null);
  if (wanted) {
    if (!wanted.matches("a, button, input, select, textarea, [tabindex]")) wanted.tabIndex = -1;
    wanted.focus({ preventScroll: false });
  } else if (document.activeElement === document.body && event.detail.requestConfig?.elt && !event.detail.requestConfig.elt.isConnected) {
    if (!place.matches("[tabindex]")) place.tabIndex = -1;
    place.focus({ preventScroll: true });
  }
});

const late = new WeakMap();
document.addEventListener("htmx:beforeRequest", (event) => {
  const target = event.detail.target;
  late.set(event.detail.xhr, setTimeout(() => target?.setAttribute("aria-busy", "true"), 300));
});
document.addEventListener("htmx:afterRequest", (event) => {
  clearTimeout(late.get(event.detail.xhr));
  event.detail.target?.removeAttribute("aria-busy");
});

// A plain form is sent once; the server key of the form guards it again.
document.addEventListener("submit", (event) => {
  const button = event.submitter;
  if (event.defaultPrevented || !button || event.target.method !== "post" || event.target.matches("[hx-post], [data-theme-form]")) return;
  if (button.getAttribute("aria-busy") === "true") { event.preventDefault(); return; }
  button.style.minWidth = `${button.offsetWidth}px`;
  button.setAttribute("aria-busy", "true");
  if (button.dataset.busy) button.textContent = button.dataset.busy;
});
addEventListener("pageshow", (event) => {
  if (event.persisted) document.querySelectorAll("button[aria-busy]").forEach((button) => button.removeAttribute("aria-busy"));
});
