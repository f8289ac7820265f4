// The queue of a sheet: each cell is sent at once, the newest text wins, nothing is lost with the network.
// A cell is { td, enrolment, column, saved, mark, text, status, reason }; status: "", waiting, saving, saved, bad.
const PAUSES = [1, 2, 4, 8, 15, 30];

export class Queue {
  constructor({ token, onCell, onChange }) {
    Object.assign(this, { token, onCell, onChange, savedAt: "", signedOut: false, offline: false });
    this.cells = new Map();
    this.busy = new Set();
    this.tries = 0;
    this.timer = 0;
    addEventListener("online", () => this.flush());
  }

  put(cell, text) { this.putAll([[cell, text]]); }

  putAll(pairs) {
    for (const [cell, text] of pairs) {
      Object.assign(cell, { text, status: "waiting", reason: "", again: false });
      this.cells.set(cell.td, cell);
      this.onCell(cell);
    }
    this.flush();
  }

  forget(cell) {
    this.cells.delete(cell.td);
    Object.assign(cell, { text: cell.saved, status: "", reason: "" });
    this.onCell(cell);
    this.onChange();
  }

  count(...statuses) { return [...this.cells.values()].filter((cell) => statuses.includes(cell.status)).length; }
  get unsent() { return this.count("waiting", "saving"); }

  flush(only = null) {
    clearTimeout(this.timer);
    const columns = new Set([...this.cells.values()].filter((cell) => cell.status === "waiting").map((cell) => cell.column));
    for (const column of columns) if ((!only || column === only) && !this.busy.has(column)) this.send(column);
    this.onChange();
  }

  async idle() {
    while (this.count("saving") || (this.unsent && !this.offline && !this.signedOut)) await new Promise((done) => { setTimeout(done, 50); });
  }

  async send(column) {
    const batch = [...this.cells.values()].filter((cell) => cell.column === column && cell.status === "waiting").slice(0, 500);
    for (const cell of batch) { Object.assign(cell, { status: "saving", sent: cell.text }); this.onCell(cell); }
    this.busy.add(column);
    this.onChange();
    const answer = await this.ask(column, batch.map((cell) => ({ enrolment: cell.enrolment, text: cell.text, seen: cell.mark })));
    this.busy.delete(column);
    this.offline = answer.kind === "network";
    this.signedOut = answer.kind === "door";
    if (answer.kind === "done") {
      this.tries = 0;
      this.savedAt = answer.told.saved_at;
      const told = new Map(answer.told.outcomes.map((outcome) => [outcome.enrolment, outcome]));
      for (const cell of batch) this.settle(cell, told.get(cell.enrolment));
    } else if (answer.kind === "refused") {
      for (const cell of batch) this.refuse(cell, answer);
    } else {
      for (const cell of batch) if (cell.status === "saving") { cell.status = "waiting"; this.onCell(cell); }
      if (!this.signedOut) this.timer = setTimeout(() => this.flush(), 1000 * PAUSES[Math.min(this.tries++, PAUSES.length - 1)]);
      return this.onChange();
    }
    this.onChange();
    if (this.count("waiting")) this.flush();
  }

  settle(cell, outcome) {
    if (!outcome) return this.refuse(cell, { status: 0, sentence: "Ответ пришёл не весь. Нажмите Enter ещё раз." });
    Object.assign(cell, { mark: outcome.mark, saved: outcome.text, stale: outcome.stale });
    if (cell.status === "waiting") return this.onCell(cell, outcome);  // typed again meanwhile: the newer text goes next
    if (outcome.refusal) Object.assign(cell, { status: "bad", reason: outcome.refusal });
    else {
      Object.assign(cell, { status: "saved", text: outcome.text });
      this.cells.delete(cell.td);
      setTimeout(() => { if (cell.status === "saved") { cell.status = ""; this.onCell(cell); } }, 2000);
    }
    this.onCell(cell, outcome);
  }

  refuse(cell, { status, sentence }) {
    if (cell.status !== "saving") return;
    if (status === 409 && !cell.again) Object.assign(cell, { status: "waiting", again: true });
    else Object.assign(cell, { status: "bad", reason: sentence });
    this.onCell(cell);
  }

  // → { kind: done, told } · { kind: refused, status, sentence } · { kind: network | door | fault }
  async ask(column, cells, check = false) {
    try {
      const answer = await fetch(column.marks_url, {
        method: "POST",
        headers: { "Content-Type": "application/json", "Accept": "application/json", "X-CSRFToken": this.token },
        body: JSON.stringify({ cells, check }),
      });
      const json = (answer.headers.get("Content-Type") ?? "").includes("json");
      if (answer.redirected || (answer.ok && !json) || answer.status === 403 && !json) return { kind: "door" };
      if (answer.ok) return { kind: "done", told: await answer.json() };
      if (answer.status >= 500 || answer.status === 429) return { kind: "fault" };
      const said = json ? (await answer.json()).error : "";
      return { kind: "refused", status: answer.status, sentence: said || "Не записано: обновите страницу." };
    } catch { return { kind: "network" }; }
  }
}
