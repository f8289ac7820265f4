// Access keys (WebAuthn): the page holds what to ask the browser for, the browser asks the person, the form carries the answer.
// form[data-key=create|get]: button[data-key-ask], input[data-key-answer or name=key], [data-key-error]; #key-question holds the question.
const bytes = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (sign) => sign.charCodeAt(0));
const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
const known = (list) => (list ?? []).map((one) => ({ ...one, id: bytes(one.id) }));

function ask(kind, { publicKey: told }) {
  const publicKey = { ...told, challenge: bytes(told.challenge) };
  if (kind === "get") return navigator.credentials.get({ publicKey: { ...publicKey, allowCredentials: known(told.allowCredentials) } });
  const user = { ...told.user, id: bytes(told.user.id) };
  return navigator.credentials.create({ publicKey: { ...publicKey, user, excludeCredentials: known(told.excludeCredentials) } });
}

function answer({ id, rawId, type, response }) {
  const parts = ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"].filter((name) => response[name]);
  return { id, rawId: text(rawId), type, response: Object.fromEntries(parts.map((name) => [name, text(response[name])])) };
}

const question = document.getElementById("key-question");
if (question && window.PublicKeyCredential) {
  for (const form of document.querySelectorAll("form[data-key]")) {
    const button = form.querySelector("[data-key-ask]");
    const error = form.querySelector("[data-key-error]");
    form.hidden = button.hidden = false;
    button.addEventListener("click", async () => {
      error.hidden = true;
      button.disabled = true;
      try {
        const given = await ask(form.dataset.key, JSON.parse(question.textContent));
        form.querySelector("[data-key-answer], input[name=key]").value = JSON.stringify(answer(given));
        form.requestSubmit();
      } catch { // the person has cancelled, or there is no such key here
        error.hidden = false;
        button.disabled = false;
        button.focus();
      }
    });
  }
}
