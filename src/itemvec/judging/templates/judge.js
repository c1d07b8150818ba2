"use strict";
// Asks for one item, or several, of a query.
const grades = Number(document.body.dataset.grades);
const PENDING = "itemvec-pending-" + who;
let shown = { query: null, items: [] }, several = sessionStorage.getItem("itemvec-several") === "yes";

const labels = [...get("grades").querySelectorAll("span")].map((one) => one.textContent);

const counted = (number) => number.toLocaleString("en");

function progress(found) {
  get("bar").max = Math.max(found.pool, 1);
  get("bar").value = found.judged;
  get("count").textContent = `${counted(found.judged)} of ${counted(found.pool)} judged, ${counted(found.mine)} by you; ${counted(found.useful)} of the rest could change what is decided`;
  get("decided").replaceChildren(...found.decided.map((one) => element("li", one)));
  get("at").textContent = `After ${Math.max(found.at, 0)} judgments; looked at every ten. “140 more” counts judgments.`;
}

function show(found) {
  if (!found) return;
  shown = found;
  progress(found);
  get("ask").hidden = !found.query;
  get("end").hidden = Boolean(found.query);
  if (!found.query) return;
  get("ask").className = several ? "several" : "one";
  get("grid").setAttribute("aria-pressed", String(several));
  if (get("query").textContent !== found.query.text) get("query").textContent = found.query.text;
  get("items").replaceChildren(...(several ? found.items.map(card) : [element("p", found.items[0].text, { className: "item", tabIndex: 0 })]));
  if (several) get("items").firstChild.focus({ preventScroll: true });
}

function card(item, place) {
  const whole = element("article", "", { className: "item", tabIndex: 0 });
  whole.dataset.place = place;
  const buttons = element("div", "", { className: "small" });
  for (let grade = 0; grade < grades; grade += 1) {
    const one = element("button", String(grade), { type: "button" });
    one.setAttribute("aria-pressed", "false");
    one.setAttribute("aria-label", `grade ${grade}, ${labels[grade]}`);
    one.addEventListener("click", () => answer(String(grade), place));
    buttons.append(one);
  }
  whole.append(element("p", item.text, { tabIndex: 0 }), buttons);
  return whole;
}

function answer(grade, place = 0) {
  return alone(async () => {
    const item = shown.items[place];
    if (!item) return;
    say("saving…");
    const body = { query: shown.query.id, item: item.id, grade, token: token(), next: !several };
    const found = await ask("judge", body, true);
    if (!found) return;
    say("saved");
    if (!several) { show(found); return; }
    progress(found);
    item.grade = grade;
    const cards = [...get("items").children];
    cards[place].classList.add("done");
    cards[place].querySelectorAll("button").forEach((one, number) => one.setAttribute("aria-pressed", String(String(number) === grade)));
    const next = shown.items.findIndex((one) => one.grade === undefined);
    if (next < 0) show(await ask("next", {}));
    else cards[next].focus();
  });
}

const undo = () => alone(async () => {
  const found = await ask("undo", { token: token() }, true);
  say(found && found.undone ? "undone" : "nothing to undo");
  show(found);
});

const swap = () => alone(async () => {
  several = !several;
  sessionStorage.setItem("itemvec-several", several ? "yes" : "no");
  show(await ask("next", {}));
});

function at() {
  const own = document.activeElement && document.activeElement.closest("#items > *");
  return several && own ? Number(own.dataset.place) : 0;
}

function move(step) {
  const cards = [...get("items").children];
  const next = cards[Math.min(Math.max(at() + step, 0), cards.length - 1)];
  if (next) next.focus();
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
  const key = event.key.toLowerCase();
  if (key === "u") undo();
  else if (key === "g") swap();
  else if (!shown.query) return;
  else if (key === "s") answer("skip", at());
  else if (/^\d$/.test(key) && Number(key) < grades) answer(key, at());
  else if (several && (key === "j" || key === "k")) move(key === "j" ? 1 : -1);
});

get("grades").addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (button) answer(button.dataset.grade);
});
get("skip").addEventListener("click", () => answer("skip"));
get("undo").addEventListener("click", undo);
get("grid").addEventListener("click", swap);
window.addEventListener("pagehide", () => {
  fetch("/ask/leave", { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ who, tab }), keepalive: true }).catch(() => {});
});
window.addEventListener("beforeunload", (event) => { if (sessionStorage.getItem(PENDING)) event.preventDefault(); });

alone(async () => {
  const left = sessionStorage.getItem(PENDING);
  if (left) {
    const [path, body] = JSON.parse(left);
    await ask(path, JSON.parse(body), true);
    say("saved what was left of last time");
  }
  show(await ask("next", {}));
});
