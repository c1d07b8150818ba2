"use strict";
// Asks which of two lists is better.
const PENDING = "itemvec-prefer-" + who;
let shown = { query: null, lists: [] };

function choice(key, label, body) {
  const one = element("button", "", { type: "button" });
  one.append(element("kbd", key), element("span", label));
  one.addEventListener("click", () => answer(body()));
  return one;
}

function show(found) {
  if (!found) return;
  shown = found;
  get("bar").max = Math.max(found.pool, 1);
  get("bar").value = found.judged;
  get("count").textContent = `${found.judged} of ${found.pool} lists`;
  get("ask").hidden = !found.query;
  get("end").hidden = Boolean(found.query);
  get("decision").hidden = true;
  if (!found.query) return;
  get("query").textContent = found.query.text;
  const both = found.lists.length === 2;
  const lists = found.lists.map((texts) => {
    const list = element("ol", "", { className: both ? "" : "pick" });
    list.append(...texts.map((text, place) => {
      const row = element("li", "");
      if (both) row.append(element("span", text));
      else {
        const pick = element("button", text, { type: "button" });
        pick.setAttribute("aria-pressed", "false");
        pick.addEventListener("click", () => pick.setAttribute("aria-pressed", String(pick.getAttribute("aria-pressed") !== "true")));
        row.append(pick);
      }
      return row;
    }));
    return list;
  });
  const frame = element("div", "", { className: both ? "lists" : "" });
  frame.append(...lists);
  get("items").replaceChildren(frame);
  get("grades").replaceChildren(...(both
    ? [choice("←", "left is better", () => ({ choice: "left" })), choice("↓", "equal", () => ({ choice: "same" })), choice("→", "right is better", () => ({ choice: "right" }))]
    : [choice("N", "these I would take; next", () => ({ picks: picks() }))]));
}

const buttons = () => [...document.querySelectorAll(".pick button")];
const picks = () => buttons().flatMap((one, place) => (one.getAttribute("aria-pressed") === "true" ? [place] : []));

function answer(body) {
  return alone(async () => {
    if (!shown.query) return;
    say("saving…");
    const found = await ask("judge", { query: shown.query.id, token: token(), ...body }, true);
    if (found) say("saved");
    show(found);
  });
}

const undo = () => alone(async () => {
  const found = await ask("undo", { token: token() }, true);
  say(found && found.undone ? "undone" : "nothing to undo");
  show(found);
});

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
  const key = event.key, both = shown.lists.length === 2;
  const sides = { ArrowLeft: "left", ArrowDown: "same", ArrowRight: "right" };
  if (key.toLowerCase() === "u") undo();
  else if (both && sides[key]) { event.preventDefault(); answer({ choice: sides[key] }); }
  else if (!both && key.toLowerCase() === "n") answer({ picks: picks() });
  else if (!both && /^\d$/.test(key)) { const one = buttons()[(Number(key) + 9) % 10]; if (one) one.click(); }
});
get("undo").addEventListener("click", undo);
window.addEventListener("beforeunload", (event) => { if (sessionStorage.getItem(PENDING)) event.preventDefault(); });

alone(async () => {
  const left = sessionStorage.getItem(PENDING);
  if (left) {
    const [path, body] = JSON.parse(left);
    await ask(path, JSON.parse(body), true);
  }
  show(await ask("next", {}));
});
