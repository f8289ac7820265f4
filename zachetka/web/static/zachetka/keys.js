// «?» shows the keys of the page; Ctrl+K goes to the search. By event.code, so the keyboard layout does not matter.
document.addEventListener("keydown", (event) => {
  const typing = event.target.closest("input, textarea, select, [contenteditable]");
  if ((event.ctrlKey || event.metaKey) && event.code === "KeyK") {
    const search = document.querySelector("[data-search] input");
    if (!search) return;
    event.preventDefault();
    search.focus();
    search.select();
  } else if (!typing && (event.key === "?" || (event.shiftKey && event.code === "Digit7" && event.key === ","))) {
    const keys = document.getElementById("keys");
    if (keys && !keys.open) { event.preventDefault(); keys.showModal(); }
  }
});

// A page adds its own keys: <template data-page-keys><dt>…</dt><dd>…</dd></template>
const list = document.querySelector("[data-keys]");
if (list) for (const page of document.querySelectorAll("template[data-page-keys]")) list.prepend(page.content.cloneNode(true));
