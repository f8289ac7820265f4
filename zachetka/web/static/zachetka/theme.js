// The look changes at once; the form still keeps the choice on the server, and works without this file.
document.documentElement.classList.add("js");

for (const form of document.querySelectorAll("[data-theme-form]")) {
  form.addEventListener("submit", async (event) => {
    const chosen = event.submitter?.value ?? "";
    event.preventDefault();
    const sent = new FormData(form, event.submitter);
    apply(chosen);
    const answer = await fetch(form.action, { method: "POST", body: sent, redirect: "manual", keepalive: true }).catch(() => null);
    if (answer === null || answer.status >= 400) form.submit();
  });
}

function apply(chosen) {
  if (chosen) document.documentElement.dataset.bsTheme = chosen;
  else delete document.documentElement.dataset.bsTheme;
  for (const button of document.querySelectorAll("[data-theme-form] button")) {
    button.setAttribute("aria-pressed", String(button.value === chosen));
  }
  document.dispatchEvent(new CustomEvent("theme:changed"));
}

matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
  document.dispatchEvent(new CustomEvent("theme:changed"));
});
