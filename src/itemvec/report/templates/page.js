"use strict";
// Tables that sort and filter, and links that open what they point into. Without this the page is whole, only still.
const number = (text) => {
  const found = text.replace(/,(?=\d{3})/g, "").match(/^\s*<?\s*([+-]?\d+(\.\d+)?(e[+-]?\d+)?)/);
  return found ? Number(found[1]) : NaN;
};
const empty = (text) => text === "" || text === "-";

function compare(column, rows) {
  const text = (row) => row.cells[column].textContent.trim();
  const shown = rows.map(text).filter((one) => !empty(one));
  const numeric = shown.every((one) => !Number.isNaN(number(one)));
  return (left, right, sign) => {
    const [a, b] = [text(left), text(right)];
    if (empty(a) || empty(b)) return empty(a) - empty(b);
    return sign * (numeric ? number(a) - number(b) : a.localeCompare(b, "en", { numeric: true }));
  };
}

function sortable(table) {
  const body = table.tBodies[0];
  [...table.tHead.rows[0].cells].forEach((head, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    head.append(button);
    head.setAttribute("aria-sort", "none");
    button.addEventListener("click", () => {
      const order = head.getAttribute("aria-sort") === "ascending" ? "descending" : "ascending";
      for (const other of table.tHead.rows[0].cells) other.setAttribute("aria-sort", "none");
      head.setAttribute("aria-sort", order);
      const rows = [...body.rows];
      const by = compare(column, rows);
      body.append(...rows.sort((a, b) => by(a, b, order === "ascending" ? 1 : -1)));
    });
  });
}

function filterable(table) {
  const rows = [...table.tBodies[0].rows];
  const bar = document.createElement("div");
  const label = document.createElement("label");
  const input = document.createElement("input");
  const count = document.createElement("span");
  bar.className = "filter";
  label.append("Filter rows: ", input);
  input.type = "search";
  count.setAttribute("role", "status");
  input.addEventListener("input", () => {
    const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
    for (const row of rows) {
      const text = row.textContent.toLowerCase();
      row.hidden = !words.every((word) => text.includes(word));
    }
    count.textContent = words.length ? `${rows.filter((row) => !row.hidden).length} of ${rows.length} rows` : "";
  });
  bar.append(label, count);
  table.closest(".wide").before(bar);
}

function reveal(hash) {
  const target = hash.length > 1 && document.getElementById(decodeURIComponent(hash.slice(1)));
  if (!target) return;
  for (let one = target; one; one = one.parentElement) if (one.tagName === "DETAILS") one.open = true;
  target.scrollIntoView();
}

for (const table of document.querySelectorAll("table")) {
  if (table.tBodies[0].rows.length > 2) sortable(table);
  if (table.tBodies[0].rows.length > 8) filterable(table);
}
addEventListener("hashchange", () => reveal(location.hash));
addEventListener("click", (event) => {
  const link = event.target.closest("a[href^='#']");
  if (link) reveal(link.hash);
});
addEventListener("beforeprint", () => {
  for (const one of document.querySelectorAll("details")) one.open = true;
});
reveal(location.hash);
