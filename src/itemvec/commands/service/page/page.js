"use strict";
// Everything from the service goes into the page as text: no markup is made of it.
const $ = (id) => document.getElementById(id);
let systems = [];
let round = 0;

async function ask(path) {
  const token = sessionStorage.getItem("token");
  const answer = await fetch(path, token ? { headers: { Authorization: `Bearer ${token}` } } : {});
  const found = await answer.json();
  if (answer.status === 401) $("login").hidden = false;
  if (!answer.ok) throw new Error(found.error);
  return found;
}

function element(name, text, style) {
  const made = document.createElement(name);
  made.textContent = text;
  if (style) made.className = style;
  return made;
}

function column(system, found, others) {
  const part = document.createElement("section");
  const about = systems.length ? found.about : {};
  part.append(element("h2", `${system}: ${about.model || "recommender"} ${about.variant || ""}`));
  if (found.error) {
    part.append(element("p", found.error, "note"));
    return part;
  }
  part.append(element("p", `version ${found.version}, ${found.items.length} items`, "note"));
  const list = document.createElement("ol");
  for (const item of found.items) {
    const row = element("li", item.text || item.item_id, others && !others.has(item.item_id) ? "only" : "");
    row.append(element("div", `${item.item_id}, ${item.score.toFixed(4)}`, "id"));
    list.append(row);
  }
  part.append(list);
  return part;
}

function address(system) {
  const text = $("text").value.trim();
  const asked = new URLSearchParams({ system, k: "10" });
  const task = $("task").value;
  if (task === "search") {
    asked.set("q", text);
    asked.set("mode", $("mode").value);
    return `search?${asked}`;
  }
  if (task === "user") asked.set("user", text);
  else for (const id of text.split(/\s+/)) asked.append("history", id);
  return `recommend?${asked}`;
}

async function show(event) {
  event.preventDefault();
  const mine = ++round;
  $("said").textContent = "Asking";
  const found = await Promise.all(systems.map(async ([name, about]) => {
    try {
      return { name, about, ...(await ask(address(name))) };
    } catch (error) {
      return { name, about, error: error.message };
    }
  }));
  if (mine !== round) return;
  const ids = found.map((one) => new Set((one.items || []).map((item) => item.item_id)));
  const parts = found.map((one, place) => column(one.name, one, found.length > 1 && !found[1 - place].error && ids[1 - place]));
  $("systems").replaceChildren(...parts);
  const compared = ids.length > 1 && !found.some((one) => one.error);
  const both = compared ? [...ids[0]].filter((id) => ids[1].has(id)).length : 0;
  $("said").textContent = compared ? `${both} items are in both lists; a bar marks the others.` : "";
}

async function begin() {
  try {
    systems = Object.entries((await ask("health")).systems);
    $("login").hidden = true;
    $("said").textContent = "";
  } catch (error) {
    $("said").textContent = error.message;
  }
}

$("ask").addEventListener("submit", show);
$("login").addEventListener("submit", (event) => {
  event.preventDefault();
  sessionStorage.setItem("token", $("token").value);
  begin();
});
begin();
