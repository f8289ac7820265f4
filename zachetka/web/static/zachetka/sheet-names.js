// Pasted lines «name ⇥ mark»: whose line each is. Names may be whole or with initials; a number of the line before them is let be.

const words = (text) => text.toLowerCase().replaceAll("ё", "е").replaceAll(".", " ").trim().split(/\s+/).filter(Boolean);

// «Белова О. С.», «Белова О.С.» and «Белова Ольга Сергеевна» are one: a surname and what the others begin with.
const isOf = (said, listed) => said.length > 0 && said[0] === listed[0]
  && said.slice(1).every((word, n) => listed[n + 1] !== undefined && (word.startsWith(listed[n + 1]) || listed[n + 1].startsWith(word)));

// Returns { rows: [{ cell, text }], lost: [{ name, why }] }; a name that fits nobody, fits several or comes twice writes nothing.
export function byNames(lines, cells) {
  const listed = cells.map((cell) => words(cell.name));
  const taken = new Map(), lost = [];
  for (const line of lines) {
    const parts = line.split("\t").map((part) => part.trim());
    const text = parts.pop();
    if (/^\d+\.?$/.test(parts[0])) parts.shift();
    const name = parts.filter(Boolean).join(" ");
    if (!name || !text) continue;
    const found = cells.filter((_, n) => isOf(words(name), listed[n]));
    if (found.length !== 1) lost.push({ name, why: found.length ? "подходит нескольким" : "нет в списке" });
    else taken.set(found[0], [...(taken.get(found[0]) ?? []), { name, text }]);
  }
  const rows = [];
  for (const [cell, said] of taken) {
    if (said.length === 1) rows.push({ cell, text: said[0].text });
    else lost.push({ name: said[0].name, why: "стоит дважды" });
  }
  return { rows, lost };
}
