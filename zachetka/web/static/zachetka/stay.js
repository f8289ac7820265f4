// A session ends after a while without requests; a little before, the page says so, and one press keeps it (ASVS 7.3.1).
// Without this file the session ends as it did, and the door says why.
const idle = Number(document.body.dataset.idle) * 1000;
const ahead = Math.min(120_000, idle / 4);
const KEY = "seen-at";

function seen() {
  try { localStorage.setItem(KEY, String(Date.now())); } catch { /* without a store each tab counts for itself */ }
  own = Date.now();
}

function quiet() {
  let other = 0;
  try { other = Number(localStorage.getItem(KEY)); } catch { /* as above */ }
  return Date.now() - Math.max(own, other);
}

let own = 0;
let shown = "";

function tell(id) {
  if (shown === id) return;
  shown = id;
  document.querySelectorAll("[data-stay]").forEach((notice) => notice.remove());
  const template = id && document.getElementById(id);
  if (template) document.getElementById("notices")?.append(template.content.cloneNode(true));
}

function look() {
  const passed = quiet();
  tell(passed >= idle ? "over-notice" : passed >= idle - ahead ? "stay-notice" : "");
}

if (idle > 0) {
  seen();
  setInterval(look, Math.min(5000, ahead / 2));
  document.addEventListener("visibilitychange", look);
  // whatever the page asks of the server in between; what was led to the door has not been seen
  new PerformanceObserver((list) => {
    if (list.getEntries().some((one) => ["fetch", "xmlhttprequest"].includes(one.initiatorType) && !one.redirectStart)) seen();
  }).observe({ type: "resource" });
  document.addEventListener("click", async (event) => {
    if (!event.target.closest("[data-stay-on]")) return;
    const answer = await fetch("/healthz", { redirect: "manual", cache: "no-store" }).catch(() => null);
    if (answer?.ok) { seen(); look(); } else if (answer) { tell("over-notice"); }
  });
}
