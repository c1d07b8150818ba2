"use strict";
// What both pages share. One request is on its way at a time. It is kept in this tab until the server says that it is on
// the disk, and is sent again with the same token until then: nothing is lost and nothing is kept twice when the server
// ends in between.
const who = document.body.dataset.who;
const tab = crypto.getRandomValues(new Uint32Array(4)).join("");
const get = (id) => document.getElementById(id);
const token = () => [...crypto.getRandomValues(new Uint8Array(12))].map((one) => one.toString(16).padStart(2, "0")).join("");
let busy = false;

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
