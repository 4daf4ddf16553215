// The page works without this script: it shows how far a verb is, filters rows, knows some keys.
"use strict";

// -- the verb at work -------------------------------------------------------------------------

async function follow(bar) {
  for (;;) {
    await new Promise((done) => setTimeout(done, 1000));
    let answer;
    try {
      answer = await fetch("/job", { headers: { accept: "text/html" } });
    } catch {
      continue; // the page was away for a moment
    }
    if (answer.status === 204 || answer.redirected) {
      location.reload();
      return;
    }
    // Our own fragment, drawn with every value escaped.
    const drawn = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = drawn.querySelector(".inner");
    const held = bar.contains(document.activeElement);
    if (fresh) bar.replaceChildren(fresh);
    if (held) bar.querySelector("button")?.focus();
    await refresh();
  }
}

async function refresh() {
  const live = document.querySelector("[data-live]");
  if (!live) return;
  const answer = await fetch(location.pathname);
  if (!answer.ok) return;
  const drawn = new DOMParser().parseFromString(await answer.text(), "text/html");
  const fresh = drawn.querySelector("[data-live]");
  if (fresh) live.replaceChildren(...fresh.childNodes);
}

const bar = document.querySelector("[data-job]");
if (bar) follow(bar);
else if (document.querySelector("[data-live]")) setInterval(refresh, 2000); // a run elsewhere

// On a phone the parts of the journey are wider than the screen.
document.querySelector(".steps-nav [aria-current]")?.scrollIntoView({ inline: "center", block: "nearest" });

// -- what takes a moment longer than the page ---------------------------------------------------

async function bring(link) {
  const answer = await fetch(link.href);
  if (!answer.ok) return;
  const place = link.closest("section");
  const drawn = new DOMParser().parseFromString(await answer.text(), "text/html");
  const fresh = drawn.getElementById(place.id);
  if (fresh) place.replaceChildren(...fresh.childNodes);
}
for (const link of document.querySelectorAll("a[data-later]")) bring(link);

// -- forms ------------------------------------------------------------------------------------

for (const form of document.querySelectorAll("form")) {
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "1";
    setTimeout(() => delete form.dataset.sent, 3000);
  });
}
for (const chosen of document.querySelectorAll("[data-submits]")) {
  chosen.addEventListener("change", () => chosen.form.requestSubmit());
}

// -- filtering rows ---------------------------------------------------------------------------

for (const field of document.querySelectorAll("input[data-filters]")) {
  const rows = [...document.querySelectorAll(`${field.dataset.filters} [data-row]`)];
  field.addEventListener("input", () => {
    const wanted = field.value.trim().toLowerCase();
    for (const row of rows) row.hidden = !row.textContent.toLowerCase().includes(wanted);
  });
}

// -- keys: / filter, j and k rows, a accept, e open, n and p pages, ? what keys there are ------

function step(by) {
  const rows = [...document.querySelectorAll("[data-row]:not([hidden])")];
  const at = rows.findIndex((row) => row.contains(document.activeElement));
  const row = rows[Math.min(rows.length - 1, Math.max(0, at + by))];
  row?.querySelector("a, button, input, select")?.focus();
  row?.scrollIntoView({ block: "nearest" });
}

document.addEventListener("keydown", (event) => {
  const typing = event.target.closest("input:not([type=checkbox]):not([type=radio]), textarea, select");
  if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
  const row = document.activeElement?.closest?.("[data-row]");
  const press = (name) => (row ?? document).querySelector(`[data-key="${name}"]`);
  if (event.key === "/") document.querySelector("input[data-filters]")?.focus();
  else if (event.key === "j") step(1);
  else if (event.key === "k") step(-1);
  else if (event.key === "a" || event.key === "e") press(event.key)?.click();
  else if (event.key === "n") document.querySelector("a[rel=next]")?.click();
  else if (event.key === "p") document.querySelector("a[rel=prev]")?.click();
  else if (event.key === "?") document.querySelector("details.keys")?.toggleAttribute("open");
  else return;
  event.preventDefault();
});
