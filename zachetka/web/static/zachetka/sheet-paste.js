// A column from a spreadsheet, with names or without: values in place, counted by the server, then one Enter or Esc.
import { byNames } from "./sheet-names.js";
import { icon, piece } from "./sheet-panel.js";

const plural = (n, one, few, many) => {
  const tens = n % 100, ones = n % 10;
  return tens > 10 && tens < 20 ? many : ones === 1 ? one : ones > 1 && ones < 5 ? few : many;
};

const inOrder = (lines, places) => ({
  rows: lines.map((line, n) => ({ cell: places[n], text: line.trim() })).filter((row) => row.text && row.cell),
  beyond: lines.slice(places.length).filter((line) => line.trim()).length,
});

export class Paste {
  constructor({ queue, panel, cellsFrom, onWrite, onDone, onSay }) {
    Object.assign(this, { queue, panel, cellsFrom, onWrite, onDone, onSay, rows: null, checking: false });
  }

  get active() { return this.rows !== null; }

  async start(text, from) {
    this.cancel();
    const lines = text.replace(/\r\n?/g, "\n").replace(/\n+$/, "").split("\n");
    const named = lines.some((line) => line.trim().includes("\t"));
    const { rows, lost, beyond } = named
      ? { ...byNames(lines, this.cellsFrom({ ...from, r: 0 })), beyond: 0 }
      : { ...inOrder(lines, this.cellsFrom(from)), lost: [] };
    if (!rows.length) {
      return this.onSay(named
        ? "Никто не найден по фамилии. Скопируйте столбцы с фамилией и оценкой или один столбец с оценками."
        : "В буфере нет значений.");
    }
    const column = from.column;
    this.checking = true;
    const answer = await this.queue.ask(column, rows.map(({ cell, text: value }) => ({ enrolment: cell.enrolment, text: value.slice(0, 40), seen: cell.mark })), true);
    this.checking = false;
    if (answer.kind !== "done") {
      return this.onSay(answer.sentence ?? "Нет связи: вставку нельзя проверить. Ничего не вставлено, повторите позже.");
    }
    const told = new Map(answer.told.outcomes.map((outcome) => [outcome.enrolment, outcome]));
    for (const row of rows) {
      const outcome = told.get(row.cell.enrolment);
      row.sort = outcome.refusal ? "unfit" : outcome.mark !== null ? "same" : row.cell.saved ? "replaced" : "new";
      row.shown = outcome.refusal ? row.text : outcome.text;
      row.reason = outcome.refusal;
      row.cell.td.classList.add("is-pasted", `is-${row.sort}`);
      row.cell.td.textContent = row.shown;
    }
    this.rows = rows;
    this.from = from;
    this.draw(column, { named, lost, beyond });
  }

  draw(column, { named, lost, beyond }) {
    const of = (sort) => this.rows.filter((row) => row.sort === sort);
    const fresh = of("new"), replaced = of("replaced"), unfit = of("unfit"), same = of("same");
    const count = fresh.length + replaced.length;
    const total = this.rows.length;
    const said = [piece("h2", `Из Excel: ${total} ${plural(total, "значение", "значения", "значений")}, столбец «${column.short}»`)];
    const list = piece("ul", "", "sheet-counts");
    const line = (n, tone, text) => {
      const item = piece("li", "", tone);
      item.append(icon(n), piece("span", text));
      list.append(item);
    };
    const few = (rows, words) => rows.slice(0, 2).map(words).join(", ") + (rows.length > 2 ? " …" : "");
    if (fresh.length) line(4, "t-ok", `${fresh.length} ${plural(fresh.length, "новая оценка", "новые оценки", "новых оценок")}`);
    if (replaced.length) line(5, "t-warn", `${replaced.length} ${plural(replaced.length, "заменит", "заменят", "заменят")} набранное: ${few(replaced, (row) => `${row.cell.name} ${row.cell.saved} → ${row.shown}`)}`);
    if (same.length) line(4, "", `${same.length} без изменений`);
    if (unfit.length) line(6, "t-bad", `${unfit.length} не ${plural(unfit.length, "подходит", "подходят", "подходят")}: ${few(unfit, (row) => `${row.cell.name} «${row.text.slice(0, 12)}»`)}`);
    if (lost.length) line(6, "t-bad", `${lost.length} не ${plural(lost.length, "найден", "найдены", "найдены")} — не войдут: ${lost.slice(0, 5).map(({ name, why }) => `${name.slice(0, 60)} (${why})`).join(", ")}${lost.length > 5 ? " …" : ""}`);
    if (beyond) line(6, "t-bad", `${beyond} ниже последней строки — не войдут`);
    said.push(list);
    const actions = piece("div", "", "form-actions");
    if (count) {
      const write = piece("button", `Записать ${count}`, "btn btn-primary btn-sm", { type: "button" });
      write.addEventListener("click", () => this.write());
      actions.append(write);
    }
    const drop = piece("button", "Не вставлять", "btn btn-sm", { type: "button" });
    drop.addEventListener("click", () => this.cancel());
    actions.append(drop);
    const keys = piece("p", "", "caption");
    if (count) keys.append(piece("kbd", "Enter"), " записать, ");
    keys.append(piece("kbd", "Esc"), " не вставлять");
    said.push(actions, keys);
    const last = this.rows[this.rows.length - 1].cell.td;
    this.panel.show("paste", this.rows[Math.min(1, this.rows.length - 1)].cell.td ?? last, said);
    this.onSay(`Пока ничего не записано. Строки сопоставлены ${named ? "по фамилиям" : "по порядку"}, пустые пропущены.`);
  }

  write() {
    const rows = this.end();
    const taken = (row) => row.sort === "new" || row.sort === "replaced";
    for (const row of rows) if (!taken(row)) this.queue.onCell(row.cell);
    this.onWrite(rows.filter(taken).map((row) => [row.cell, row.shown]));
    this.onDone(rows.filter((row) => row.sort === "unfit"));
  }

  cancel() {
    if (!this.active) return;
    for (const row of this.end()) this.queue.onCell(row.cell);
    this.onDone([]);
  }

  end() {
    const rows = this.rows;
    this.rows = null;
    for (const { cell } of rows) cell.td.classList.remove("is-pasted", "is-new", "is-replaced", "is-unfit", "is-same");
    this.panel.hide("paste");
    return rows;
  }
}
