// What every page gains from a script, and loses without harm: focus on the errors, copying, no double sending, furigana.
"use strict";
(() => {
  const root = document.documentElement;
  root.classList.add("js");

  // A link of the error summary goes into the control itself; a group lends its first one.
  const control = (target) =>
    target.matches("input, select, textarea, button") ? target : target.querySelector("input:not([type=hidden]), select, textarea, button") || target;
  const showErrors = () => {
    const summary = document.querySelector("#error-summary[role=alert]");
    if (summary) summary.focus();
  };
  document.addEventListener("click", (event) => {
    const link = event.target.closest(".error-summary a[href^='#']");
    const target = link && document.getElementById(decodeURIComponent(link.hash.slice(1)));
    if (!target) return;
    event.preventDefault();
    const closed = target.closest("details:not([open])");
    if (closed) closed.open = true;
    control(target).focus();
    (target.closest(".question") || target).scrollIntoView({ block: "start" });
  });

  // A number is copied by a button that exists only where it can work.
  const offerCopies = () => {
    for (const button of document.querySelectorAll("[data-copy]")) button.hidden = !navigator.clipboard;
  };
  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-copy]");
    if (!button) return;
    const source = document.getElementById(button.dataset.copy);
    try {
      await navigator.clipboard.writeText(source.textContent.trim());
      button.textContent = button.dataset.done;
      const state = button.parentElement.querySelector("[data-copy-state]");
      if (state) state.textContent = button.dataset.done;
    } catch {
      getSelection().selectAllChildren(source);
    }
  });

  // The second press of a button within ten seconds is the same press.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.method !== "post") return;
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "1";
    event.submitter?.setAttribute("aria-disabled", "true");
    setTimeout(() => release(form), 10000);
  });
  const release = (form) => {
    delete form.dataset.sent;
    for (const button of form.querySelectorAll("[aria-disabled]")) button.removeAttribute("aria-disabled");
  };
  addEventListener("pageshow", (event) => {
    if (event.persisted) for (const form of document.forms) release(form);
  });

  // Furigana can be put away; the choice stays in this browser.
  const furigana = document.querySelector("[data-furigana]");
  const show = (on) => {
    root.classList.toggle("no-furigana", !on);
    furigana.setAttribute("aria-pressed", String(on));
  };
  if (furigana) {
    furigana.hidden = false;
    let on = true;
    try {
      on = localStorage.getItem("madoguchi.furigana") !== "off";
    } catch { /* a browser that keeps nothing */ }
    show(on);
    furigana.addEventListener("click", () => {
      on = !on;
      show(on);
      try {
        localStorage.setItem("madoguchi.furigana", on ? "on" : "off");
      } catch { /* as above */ }
    });
  }

  offerCopies();
  showErrors();
})();
