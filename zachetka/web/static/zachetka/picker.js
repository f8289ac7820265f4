// Whom to enrol: type a name, Enter adds the first found, arrows choose another. «Убрать» takes a person out at once.
// Without this file «Найти», «Добавить» and «Убрать» send the page. Also the button «Печать».
const WAIT = 180;

for (const place of document.querySelectorAll("[data-picker]")) {
  const input = place.querySelector("[data-picker-search]");
  const list = place.querySelector("[data-picker-list]");
  const picked = place.querySelector("[data-picked]");
  let timer = 0, asked = null, chosen = 0;

  place.querySelectorAll("[data-without-scripts]").forEach((one) => { one.hidden = true; });
  place.querySelectorAll("[data-with-scripts]").forEach((one) => { one.hidden = false; });
  Object.entries({ role: "combobox", "aria-expanded": "false", "aria-autocomplete": "list" }).forEach(([name, value]) => input.setAttribute(name, value));
  list.id = "picker-list";
  input.setAttribute("aria-controls", list.id);

  const options = () => [...list.querySelectorAll("[data-option]")];
  const people = () => [...picked.querySelectorAll("[data-person]")];
  const show = (open) => {
    list.hidden = !open;
    input.setAttribute("aria-expanded", String(open));
    if (!open) input.removeAttribute("aria-activedescendant");
  };
  const recount = () => {
    place.querySelector("[data-count]").textContent = people().length;
    place.querySelector("[data-nobody]").hidden = people().length > 0;
    const unfit = picked.querySelectorAll("[data-unfit]").length;
    place.querySelector("[data-outcome]").hidden = !unfit;
    place.querySelector("[data-fit]").textContent = people().length - unfit;
    place.querySelector("[data-whole]").textContent = people().length;
  };
  const choose = (n) => {
    const all = options();
    if (!all.length) return;
    chosen = (n + all.length) % all.length;
    all.forEach((one, at) => one.setAttribute("aria-selected", String(at === chosen)));
    input.setAttribute("aria-activedescendant", all[chosen].id);
    all[chosen].scrollIntoView({ block: "nearest" });
  };
  const ask = async () => {
    const text = input.value.trim();
    asked?.abort();
    if (text.length < 2) return show(false);
    asked = new AbortController();
    const url = new URL(place.dataset.peopleUrl, location.href);
    url.searchParams.set("q", text);
    url.searchParams.set("named", people().map((row) => row.dataset.person).join(","));
    try {
      const answer = await fetch(url, { signal: asked.signal, headers: { "HX-Request": "true" } });
      if (!answer.ok || answer.redirected) return show(false);
      list.innerHTML = await answer.text();
      show(true);
      choose(0);
    } catch (error) {
      if (error.name !== "AbortError") show(false);
    }
  };
  const add = (option) => {
    picked.append(option.querySelector("template").content.cloneNode(true));
    recount();
    input.value = "";
    show(false);
    list.replaceChildren();
    input.focus();
  };

  input.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(ask, WAIT); });
  input.addEventListener("keydown", async (event) => {
    if (event.key === "Enter") {
      event.preventDefault();
      if (!options().length) { clearTimeout(timer); await ask(); }
      const option = options()[chosen];
      if (option && !list.hidden) add(option);
    } else if (event.key === "ArrowDown" && !list.hidden) { event.preventDefault(); choose(chosen + 1); }
    else if (event.key === "ArrowUp" && !list.hidden) { event.preventDefault(); choose(chosen - 1); }
    else if (event.key === "Escape") { event.preventDefault(); show(false); }
  });
  list.addEventListener("click", (event) => { const option = event.target.closest("[data-option]"); if (option) add(option); });
  document.addEventListener("click", (event) => { if (!place.contains(event.target)) show(false); });
  picked.addEventListener("click", (event) => {
    const button = event.target.closest("button[name=drop]");
    if (!button) return;
    event.preventDefault();
    const row = button.closest("[data-person]");
    const near = row.nextElementSibling ?? row.previousElementSibling;
    row.remove();
    recount();
    (near?.querySelector("button[name=drop]") ?? input).focus();
  });
}

for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => print());
}
