// The mark sheet: an ARIA grid with roving tabindex, typed from the keyboard, saved cell by cell (look.md, «Interaction»).
import { isKey, typed } from "./sheet-keys.js";
import { Panel, icon, piece } from "./sheet-panel.js";
import { Paste } from "./sheet-paste.js";
import { Queue } from "./sheet-queue.js";

const table = document.getElementById("sheet");
if (table) start();

function start() {
  const columns = JSON.parse(document.getElementById("sheet-columns").textContent);
  const rows = [...table.tBodies[0].rows];
  const heads = table.tHead.rows[0].cells;
  const where = document.getElementById("sheet-where");
  const status = document.getElementById("status");
  const token = JSON.parse(document.body.getAttribute("hx-headers") ?? "{}")["X-CSRFToken"] ?? "";
  const wrap = document.getElementById("sheet-wrap");
  const panel = new Panel(table, document.getElementById("sheet-dock"));
  const known = new Map();
  const undone = [];
  const at = { r: 0, c: Math.max(0, columns.findIndex((column) => String(column.sheet) === table.dataset.current)) };
  let editor = null;

  // --- Cells: made when first touched, from the place of a td and what the server wrote in it ------------------------
  const cellAt = (r, c) => {
    const td = rows[r].cells[c + 1];
    if (!known.has(td)) {
      const text = td.textContent;
      known.set(td, {
        td, r, c, text, saved: text, column: columns[c], enrolment: Number(rows[r].dataset.e), status: "", reason: "",
        mark: td.dataset.m ? Number(td.dataset.m) : null, name: rows[r].cells[0].textContent,
      });
    }
    return known.get(td);
  };
  const here = () => cellAt(at.r, at.c);
  const canType = (cell) => cell.column.fill && !rows[cell.r].classList.contains("is-away") && !cell.td.classList.contains("is-out");

  const queue = new Queue({ token, onCell: drawCell, onChange: drawStatus });
  const paste = new Paste({
    queue, panel,
    cellsFrom: (cell) => rows.slice(cell.r).map((_, n) => cellAt(cell.r + n, cell.c)),
    onSay: (text) => { where.replaceChildren(piece("b", "Вставка из Excel"), ` ${text}`); },
    onWrite: (pairs) => {
      undone.push(pairs.map(([cell]) => ({ cell, before: cell.saved })));
      queue.putAll(pairs);
    },
    onDone: (unfit) => {
      for (const row of unfit) {
        Object.assign(row.cell, { text: row.text, status: "bad", reason: row.reason });
        queue.cells.set(row.cell.td, row.cell);
        drawCell(row.cell);
      }
      drawStatus();
      focus(at.r, at.c);
    },
  });

  function drawCell(cell, outcome = null) {
    const { td } = cell;
    if (!(editor && editor.cell === cell)) td.textContent = cell.text;
    td.classList.toggle("is-saving", cell.status === "saving" || cell.status === "waiting");
    td.classList.toggle("is-saved", cell.status === "saved");
    td.classList.toggle("is-bad", cell.status === "bad");
    if (cell.status === "bad") td.setAttribute("aria-invalid", "true"); else td.removeAttribute("aria-invalid");
    if (cell.mark) td.dataset.m = cell.mark; else delete td.dataset.m;
    if (outcome) {
      td.classList.toggle("is-debt", outcome.debt && !outcome.refusal);
      if (outcome.average !== undefined) {
        const sums = rows[cell.r].querySelectorAll(".sum");
        sums[0].textContent = outcome.average || "—";
        sums[1].textContent = outcome.debts || "—";
        sums[1].classList.toggle("t-bad", outcome.debts > 0);
      }
      countColumn(cell.c);
    }
    if (cell.status === "bad" || (at.r === cell.r && at.c === cell.c)) speak(here());
  }

  function countColumn(c) {
    const has = (row) => { const cell = known.get(row.cells[c + 1]); return cell ? cell.saved : row.cells[c + 1].textContent; };
    const counts = (row) => !row.classList.contains("is-away") || (row.classList.contains("is-done") && has(row));
    const learning = rows.filter((row) => counts(row) && !row.cells[c + 1].classList.contains("is-out"));
    const filled = learning.filter(has);
    const count = heads[c + 1].querySelector("[data-count]");
    count.replaceChildren(piece("span", "внесено ", "visually-hidden"), `${filled.length} из ${learning.length}`);
  }

  function drawStatus() {
    const saving = queue.count("saving"), waiting = queue.count("waiting"), bad = queue.count("bad");
    const said = [];
    const badge = (tone, n, text) => { const made = piece("span", "", `badge badge-${tone}`); made.append(icon(n), text); said.push(made); };
    if (queue.signedOut) {
      const door = piece("a", `войдите снова: не сохранено ${queue.unsent}`, "badge badge-bad", { href: "/accounts/login/", target: "_blank" });
      said.push(door);
    } else if (waiting && !saving) badge("warn", 3, waiting === 1 ? "1 ждёт связи" : `${waiting} ждут связи`);
    else if (saving || waiting) badge("warn", 0, `сохраняем ${saving + waiting}`);
    if (bad) badge("bad", 1, bad === 1 ? "1 не принята" : `${bad} не приняты`);
    if (queue.savedAt && !saving && !waiting && !bad) badge("ok", 2, `сохранено в ${queue.savedAt}`);
    else if (queue.savedAt) said.push(piece("span", `остальное сохранено в ${queue.savedAt}`, "muted"));
    status.replaceChildren(...said);
  }

  // --- Where I am -------------------------------------------------------------------------------------------------------
  function speak(cell) {
    const state = cell.reason || { waiting: "ждёт сохранения", saving: "сохраняется", saved: "сохранено" }[cell.status]
      || (cell.column.state === "closed" ? "закрыто" : cell.td.classList.contains("is-corrected") ? "исправлено" : "");
    cell.td.setAttribute("aria-label", [cell.name, cell.column.short, cell.text || "пусто", state].filter(Boolean).join(", "));
    const line = [piece("b", cell.name), ` ${cell.column.short}, ${cell.column.about}`];
    if (cell.status === "bad") line.push(piece("span", ` ${cell.reason} Пока не сохранена.`, "t-bad"));
    else if (cell.column.state === "closed") line.push(piece("span", cell.mark ? " закрыто: " : " закрыто", "muted"), ...doors(cell));
    else if (cell.column.state === "ahead") line.push(piece("span", " контроль впереди", "muted"));
    else if (cell.column.fill) {
      const keys = piece("span", "", "sheet-scale");
      if (!cell.column.keys.length) keys.append(" баллы от 0 до 100");
      for (const [symbol, label] of cell.column.keys) keys.append(piece("kbd", symbol, "", { title: label }));
      line.push(keys);
    }
    const wrong = cell.status === "bad" ? cell : [...queue.cells.values()].find((other) => other.status === "bad");
    if (wrong && wrong !== cell) line.push(piece("span", ` Не принята: ${wrong.name} — ${wrong.reason}`, "t-bad"));
    if (!paste.active) where.replaceChildren(...line);
    if (paste.active || panel.kind === "history") return;
    if (cell.status !== "bad") return panel.hide("reason");  // beside its own cell only: the line below names the others
    const text = piece("div");
    text.append(piece("b", wrong.reason), piece("span", wrong.stale ? "Enter — записать своё, Esc — оставить как есть." : "Пока не сохранена.", "sub"));
    panel.show("reason", wrong.td, [icon(1), text], "is-bad");
    if (panel.box.classList.contains("is-docked")) panel.hide("reason");
  }

  // What F2 and Alt + ↓ do, for a finger or a mouse.
  function doors(cell) {
    if (!cell.mark) return [];
    const door = (text, place, key) => piece("a", text, "", { href: table.dataset[place].replace("/0/", `/${cell.mark}/`), title: key });
    const past = door("история", "history", "Alt + ↓");
    past.addEventListener("click", (event) => { event.preventDefault(); history(); });
    return cell.column.propose ? [door("исправить…", "correct", "F2"), " · ", past] : [past];
  }

  function focus(r, c, { scroll = true } = {}) {
    const before = rows[at.r].cells[at.c + 1];
    before.tabIndex = -1;
    rows[at.r].classList.remove("is-on");
    heads[at.c + 1].classList.remove("is-on");
    panel.hide("history");
    Object.assign(at, { r: Math.max(0, Math.min(rows.length - 1, r)), c: Math.max(0, Math.min(columns.length - 1, c)) });
    const cell = here();
    rows[at.r].classList.add("is-on");
    heads[at.c + 1].classList.add("is-on");
    cell.td.tabIndex = 0;
    speak(cell);
    if (scroll) { cell.td.focus({ preventScroll: true }); reveal(cell.td); }
    const close = document.getElementById("close-open");
    if (close && cell.column.close) close.href = cell.column.close_url;
  }

  function reveal(td) {
    const box = td.getBoundingClientRect(), view = wrap.getBoundingClientRect();
    const top = view.top + table.tHead.offsetHeight, left = view.left + rows[0].cells[0].offsetWidth;
    if (box.top < top) wrap.scrollTop -= top - box.top; else if (box.bottom > view.bottom) wrap.scrollTop += box.bottom - view.bottom + 1;
    if (box.left < left) wrap.scrollLeft -= left - box.left; else if (box.right > view.right) wrap.scrollLeft += box.right - view.right + 1;
  }

  function edge(dr, dc) {
    const filled = (r, c) => Boolean(cellAt(r, c).text);
    const inside = (r, c) => r >= 0 && r < rows.length && c >= 0 && c < columns.length;
    let { r, c } = at;
    if (!inside(r + dr, c + dc)) return [r, c];
    const run = filled(r, c) && filled(r + dr, c + dc);
    do { r += dr; c += dc; } while (inside(r + dr, c + dc) && (run ? filled(r + dr, c + dc) : !filled(r, c)));
    return [r, c];
  }

  // --- Typing -------------------------------------------------------------------------------------------------------------
  function edit(text) {
    const cell = here();
    if (!canType(cell)) return speak(cell);
    panel.hide("history");
    const input = piece("input", "", "sheet-input", { "aria-label": `${cell.name}, ${cell.column.short}`, maxlength: "40", autocomplete: "off", spellcheck: "false" });
    input.value = text;
    editor = { cell, input };
    cell.td.replaceChildren(input);
    cell.td.classList.add("is-editing");
    input.focus();
    input.addEventListener("keydown", (event) => {
      const sign = typed(event);
      if (sign && sign !== event.key && /[а-яё]/.test(sign) && !(event.shiftKey && event.key === "?")) {
        event.preventDefault();
        input.setRangeText(sign, input.selectionStart, input.selectionEnd, "end");
      }
    });
    input.addEventListener("blur", () => leave(true));
  }

  function leave(keep) {
    if (!editor) return;
    const { cell, input } = editor;
    editor = null;
    const text = input.value.trim();
    cell.td.classList.remove("is-editing");
    input.remove();
    if (keep && (text !== cell.text || cell.status === "bad")) write(cell, text);
    else drawCell(cell);
  }

  function write(cell, text) {
    if (text === cell.saved && cell.status !== "waiting" && cell.status !== "saving") return queue.forget(cell);
    undone.push([{ cell, before: cell.saved }]);
    queue.put(cell, text);
  }

  // A refused entry never was: what it replaced is shown again, and Ctrl+Z goes to the entry before it.
  function giveBack(cell) {
    const n = undone.findLastIndex((step) => step.some((one) => one.cell === cell));
    if (n >= 0) undone[n] = undone[n].filter((one) => one.cell !== cell);
    if (n >= 0 && !undone[n].length) undone.splice(n, 1);
    queue.forget(cell);
  }

  function undo() {
    const step = undone.pop();  // one entry, or everything that one paste has written
    if (!step) return;
    focus(step[0].cell.r, step[0].cell.c);
    for (const { cell } of step) if (cell.status === "bad") queue.forget(cell);
    queue.putAll(step.filter(({ cell, before }) => cell.text !== before).map(({ cell, before }) => [cell, before]));
  }

  // --- Keys -----------------------------------------------------------------------------------------------------------------
  table.addEventListener("keydown", (event) => {
    if (paste.checking) return event.preventDefault();  // an Enter before the preview is no consent to it
    if (paste.active) {
      if (event.key === "Enter") { event.preventDefault(); paste.write(); }
      else if (event.key === "Escape") { event.preventDefault(); paste.cancel(); }
      return;
    }
    const { key } = event;
    if (editor && !["Enter", "Tab", "Escape", "ArrowUp", "ArrowDown"].includes(key)) return;
    const go = (r, c) => { event.preventDefault(); leave(true); focus(r, c); };
    if (key === "Escape") {
      if (editor) { event.preventDefault(); leave(false); focus(at.r, at.c); }
      else if (panel.kind === "history") panel.hide("history");
      else if (here().status === "bad") { event.preventDefault(); giveBack(here()); }
      return;
    }
    if (event.altKey && key === "ArrowDown") { event.preventDefault(); return history(); }
    if (key === "Enter" && !editor && here().status === "bad" && here().stale) { event.preventDefault(); return queue.put(here(), here().text); }
    if (key === "Enter") return go(at.r + (event.shiftKey ? -1 : 1), at.c);
    if (key === "Tab") {
      const next = at.c + (event.shiftKey ? -1 : 1);
      if (next >= 0 && next < columns.length) go(at.r, next); else leave(true);
      return;
    }
    const steps = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1], PageUp: [-10, 0], PageDown: [10, 0] }[key];
    if (steps && !event.altKey) return event.ctrlKey || event.metaKey ? go(...edge(...steps)) : go(at.r + steps[0], at.c + steps[1]);
    if (key === "Home" || key === "End") {
      const end = key === "End";
      return go(event.ctrlKey ? (end ? rows.length - 1 : 0) : at.r, end ? columns.length - 1 : 0);
    }
    if (key === "F2") { event.preventDefault(); return here().column.propose ? correct() : edit(here().text); }
    if (key === "Delete" || key === "Backspace") { event.preventDefault(); if (canType(here()) && here().text) write(here(), ""); return; }
    if (isKey(event, "KeyZ")) { event.preventDefault(); return undo(); }
    const sign = typed(event);
    if (sign) { event.preventDefault(); edit(sign); }
  });

  table.addEventListener("mousedown", (event) => {
    const td = event.target.closest("tbody td");
    if (!td || td.classList.contains("sum") || td.querySelector("input")) return;
    event.preventDefault();
    leave(true);
    focus(td.parentElement.sectionRowIndex, td.cellIndex - 1);
  });
  table.addEventListener("dblclick", () => { if (!editor) edit(here().text); });
  table.addEventListener("focusin", (event) => {
    const td = event.target.closest("tbody td");
    if (td && !editor && (td.parentElement.sectionRowIndex !== at.r || td.cellIndex - 1 !== at.c)) focus(td.parentElement.sectionRowIndex, td.cellIndex - 1, { scroll: false });
  });
  document.addEventListener("paste", (event) => {
    if (editor || !table.contains(document.activeElement)) return;
    event.preventDefault();
    takePaste(event.clipboardData.getData("text/plain"));
  });

  function takePaste(text) {
    if (!canType(here())) { where.replaceChildren(piece("b", "Вставка из Excel"), " Встаньте в свой открытый столбец."); return; }
    paste.start(text, here());
  }

  // --- History, correction, closing -----------------------------------------------------------------------------------------
  async function history() {
    const cell = here();
    if (!cell.mark) return;
    const answer = await fetch(table.dataset.history.replace("/0/", `/${cell.mark}/`), { headers: { "HX-Request": "true" } }).catch(() => null);
    if (!answer?.ok || answer.redirected || here() !== cell) return;
    const box = piece("div");
    box.innerHTML = await answer.text();
    const close = box.querySelector("[data-close-panel]");
    close.hidden = false;
    close.addEventListener("click", () => { panel.hide("history"); focus(at.r, at.c); });
    panel.show("history", cell.td, [box], "is-history");
    panel.box.setAttribute("role", "dialog");
    panel.box.setAttribute("aria-label", "История оценки");
    reveal(cell.td);
  }
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && panel.kind === "history" && panel.box.contains(event.target)) { panel.hide("history"); focus(at.r, at.c); }
  });

  function correct() {
    const cell = here();
    if (cell.mark) location.assign(table.dataset.correct.replace("/0/", `/${cell.mark}/`));
  }

  document.getElementById("close-open")?.addEventListener("click", async (event) => {
    event.preventDefault();
    leave(true);
    await queue.idle();
    const dialog = document.getElementById("close-dialog");
    if (queue.cells.size) {
      where.replaceChildren(piece("b", "Столбец не закрыт."), piece("span", ` Сначала разберитесь с несохранёнными: ${queue.cells.size}.`, "t-bad"));
      const first = [...queue.cells.values()][0];
      return focus(first.r, first.c);
    }
    const address = here().column.close ? here().column.close_url : event.target.closest("a").href;
    const answer = await fetch(address, { headers: { "HX-Request": "true" } }).catch(() => null);
    if (!answer?.ok || answer.redirected) return location.assign(address);
    dialog.innerHTML = await answer.text();
    for (const link of dialog.querySelectorAll("a[data-close]")) link.addEventListener("click", (click) => click.preventDefault());
    focus(at.r, at.c); // where the browser returns to in the very moment of closing, so that no key is lost
    dialog.showModal();
    dialog.querySelector("[data-close]")?.focus();
  });

  const pasteDialog = document.getElementById("paste-dialog"), pasteText = document.getElementById("paste-text");
  const pasteOpen = document.getElementById("paste-open");
  if (pasteOpen) pasteOpen.hidden = false;
  pasteOpen?.addEventListener("click", () => { pasteText.value = ""; pasteDialog.showModal(); pasteText.focus(); });
  const preview = () => { pasteDialog.close(); focus(at.r, at.c); takePaste(pasteText.value); };
  document.getElementById("paste-preview").addEventListener("click", preview);
  pasteText.addEventListener("paste", () => setTimeout(preview));

  addEventListener("beforeunload", (event) => { if (queue.cells.size || editor) event.preventDefault(); });
  for (const row of rows) for (const td of row.querySelectorAll("td:not(.sum)")) td.tabIndex = -1;
  const lacking = rows.findIndex((row, r) => canType(cellAt(r, at.c)) && !row.cells[at.c + 1].textContent);
  focus(Math.max(0, lacking), at.c, { scroll: matchMedia("(min-width: 768px)").matches });
}
