// The desk by keyboard: j and k walk through the rows of a list (on a page without one: through the cases of the list it was
// opened from), Enter opens, x chooses, u goes back to the list, / searches, ? explains. A list says data-rows; its rows are those of its body, or what says data-row. Single keys can be switched off (WCAG 2.1.4).
"use strict";
(() => {
  const KEY = "madoguchi.keys";
  const remembered = () => {
    try {
      return localStorage.getItem(KEY);
    } catch {
      return null;
    }
  };
  let off = remembered() === "off";
  const rows = () => [...document.querySelectorAll("[data-rows] tbody tr, [data-rows] [data-row]")].filter((row) => row.querySelector("a[href]"));
  const here = () => document.activeElement?.closest("tr, [data-row]");
  const follow = (selector) => document.querySelector(selector)?.click();
  const step = (by) => {
    const all = rows();
    if (!all.length) return follow(by > 0 ? ".place a[rel=next]" : ".place a[rel=prev]");
    const now = all.indexOf(here());
    const next = now < 0 ? (by > 0 ? 0 : all.length - 1) : Math.min(all.length - 1, Math.max(0, now + by));
    const link = all[next].querySelector("a[href]");
    link.focus();
    all[next].scrollIntoView({ block: "nearest" });
  };
  const choose = () => {
    const box = here()?.querySelector("input[type=checkbox]");
    if (box) box.click();
  };
  const ACTS = {
    j: () => step(1),
    k: () => step(-1),
    x: choose,
    u: () => follow("a[data-back]"),
    "/": () => document.querySelector("[data-search]")?.focus(),
    "?": () => document.getElementById("keys")?.showModal(),
  };
  document.addEventListener("keydown", (event) => {
    if (off || event.ctrlKey || event.metaKey || event.altKey || event.isComposing || !ACTS[event.key]) return;
    if (event.target.closest("input:not([type=checkbox], [type=radio]), textarea, select, dialog, [contenteditable]")) return;
    event.preventDefault();
    ACTS[event.key]();
  });

  const count = () => {
    const chosen = document.querySelectorAll("[data-rows] tbody input[type=checkbox]:checked").length;
    for (const place of document.querySelectorAll("[data-chosen]")) place.textContent = String(chosen);
    for (const bar of document.querySelectorAll("[data-with-chosen]")) bar.hidden = chosen === 0;
  };
  document.addEventListener("change", (event) => {
    const box = event.target;
    if (box.matches("[data-check-all]")) {
      for (const one of box.closest("table").querySelectorAll("tbody input[type=checkbox]")) one.checked = box.checked;
    }
    if (box.matches("[data-keys-off]")) {
      off = box.checked;
      try {
        localStorage.setItem(KEY, off ? "off" : "on");
      } catch { /* a browser that keeps nothing */ }
    }
    if (box.type === "checkbox") count();
  });
  // Back in the list, the row one came from has the focus, so that j goes on from it.
  if (location.hash) document.getElementById(decodeURIComponent(location.hash.slice(1)))?.closest("[data-rows] a")?.focus();
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-print]")) print();
    if (event.target.closest("[data-keys]")) document.getElementById("keys")?.showModal();
  });
  const box = document.querySelector("[data-keys-off]");
  if (box) box.checked = off;
  for (const hidden of document.querySelectorAll("[data-print], [data-keys], [data-count]")) hidden.hidden = false;
  count();
})();
