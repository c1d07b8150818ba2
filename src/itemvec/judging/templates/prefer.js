"use strict";
// As judge.js: one request at a time, kept in this tab until the server says that it is on the disk.
const who = document.body.dataset.who;
const tab = crypto.getRandomValues(new Uint32Array(4)).join("");
const get = (id) => document.getElementById(id);
const token = () => [...crypto.getRandomValues(new Uint8Array(12))].map((one) => one.toString(16).padStart(2, "0")).join("");
const PENDING = "itemvec-prefer-" + who;
let shown = { query: null, lists: [] }, busy = false;

function say(text, bad) {
  get("saved").textContent = text;
  get("saved").classList.toggle("bad", Boolean(bad));
}

async function ask(path, body, keep) {
  const whole = JSON.stringify({ who, tab, ...body });
  if (keep) sessionStorage.setItem(PENDING, JSON.stringify([path, whole]));
  for (;;) {
    try {
      const answer = await fetch("/ask/" + path, { method: "POST", headers: { "content-type": "application/json" }, body: whole });
      const found = await answer.json();
      if (answer.ok || answer.status < 500) {
        sessionStorage.removeItem(PENDING);
        if (answer.ok) return found;
        say(found.error || "refused", true);
        return null;
      }
      say("Not saved: " + found.error, true);
    } catch {
      say("The server does not answer. Your last answer is kept here and sent again.", true);
    }
    await new Promise((done) => setTimeout(done, 500));
  }
}

async function alone(work) {
  if (busy) return;
  busy = true;
  try { await work(); } finally { busy = false; }
}

const element = (name, text, more = {}) => Object.assign(document.createElement(name), { textContent: text, ...more });

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
