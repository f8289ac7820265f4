// Suggestions under the search: arrows walk, Enter opens, Escape closes; without this file Enter opens the page of results.
const WAIT = 160;

for (const form of document.querySelectorAll("[data-search]")) {
  const input = form.querySelector("input");
  const list = document.createElement("ul");
  list.id = "suggestions";
  list.className = "suggestions";
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", "Найденное");
  list.hidden = true;
  form.append(list);
  Object.entries({ role: "combobox", "aria-expanded": "false", "aria-controls": list.id, "aria-autocomplete": "list" })
    .forEach(([name, value]) => input.setAttribute(name, value));
  let timer = 0, asked = null, chosen = -1;

  const options = () => [...list.querySelectorAll("a[role=option]")];
  const show = (open) => {
    list.hidden = !open;
    input.setAttribute("aria-expanded", String(open));
    if (!open) { chosen = -1; input.removeAttribute("aria-activedescendant"); }
  };
  const choose = (n) => {
    const all = options();
    if (!all.length) return;
    chosen = (n + all.length) % all.length;
    all.forEach((option, at) => option.setAttribute("aria-selected", String(at === chosen)));
    input.setAttribute("aria-activedescendant", all[chosen].id);
    all[chosen].scrollIntoView({ block: "nearest" });
  };
  const ask = async () => {
    const text = input.value.trim();
    asked?.abort();
    if (text.length < 2) return show(false);
    asked = new AbortController();
    const url = new URL(form.action);
    url.searchParams.set("q", text);
    url.searchParams.set("suggest", "1");
    try {
      const answer = await fetch(url, { signal: asked.signal, headers: { "HX-Request": "true" } });
      if (!answer.ok || answer.redirected) return show(false);
      list.innerHTML = await answer.text();
      chosen = -1;
      show(list.children.length > 0 && document.activeElement === input);
    } catch (error) {
      if (error.name !== "AbortError") show(false);
    }
  };

  input.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(ask, WAIT); });
  input.addEventListener("focus", () => { if (list.children.length) show(true); });
  input.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" && !list.hidden) { event.preventDefault(); choose(chosen + 1); }
    else if (event.key === "ArrowUp" && !list.hidden) { event.preventDefault(); choose(chosen < 0 ? -1 : chosen - 1); }
    else if (event.key === "Enter" && chosen >= 0) { event.preventDefault(); options()[chosen].click(); }
    else if (event.key === "Escape") { if (list.hidden) input.blur(); else { event.preventDefault(); show(false); } }
  });
  form.addEventListener("focusout", (event) => { if (!form.contains(event.relatedTarget)) show(false); });
}
