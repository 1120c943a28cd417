// The page of a form, improved: autosave, files sent when chosen, look-up and search without leaving the page.
// Everything here is a submit button of the same form when no script runs; the server answers both alike.
"use strict";
(() => {
  const holder = document.getElementById("page-form");
  if (!holder) return;
  const state = document.getElementById("save-state");
  const alarm = document.getElementById("save-failed");
  const words = state ? state.dataset : {};
  const form = () => holder.querySelector("form");
  const address = () => form().getAttribute("action") || location.href;
  const IN_PLACE = /^(postal|search|pick|up|down|drop|upload|unfile|add|remove):/;
  const RETRY = [5, 10, 20, 40];
  let edits = 0, saved = 0, failures = 0, timer = 0, saving = null, busy = false, leaving = false;

  const body = (act, files) => {
    const data = new FormData(form());
    if (!files) for (const [name, value] of [...data]) if (value instanceof File) data.delete(name);
    data.set("act", act);
    return data;
  };
  const post = (data, accept, keepalive) =>
    fetch(address(), { method: "POST", body: data, credentials: "same-origin", keepalive, headers: { "X-Requested-With": "XMLHttpRequest", Accept: accept } });
  const say = (text) => {
    if (state) state.textContent = text;
  };
  const sound = (text) => {
    if (!alarm) return;
    alarm.hidden = !text;
    if (alarm.textContent !== text) alarm.textContent = text;
  };

  // -- autosave ---------------------------------------------------------------------------------------------------------
  const schedule = (seconds) => {
    clearTimeout(timer);
    timer = setTimeout(save, seconds * 1000);
  };
  const understood = (texts) => {
    for (const output of holder.querySelectorAll("[data-understood]")) {
      const text = texts[output.dataset.understood];
      const sentence = text ? output.dataset.pattern.replace("@@", text) : "";
      if (output.textContent !== sentence) output.textContent = sentence;
    }
  };
  const succeeded = (reply, at) => {
    saved = at;
    failures = 0;
    const seen = form().elements.seen;
    if (seen && reply.seen !== undefined) seen.value = reply.seen;
    if (reply.understood) understood(reply.understood);
    sound("");
    say(`${words.saved} ${reply.at || ""}`);
    if (edits > saved) schedule(2);
  };
  const failed = (text, again) => {
    say("");
    sound(text || words.failed);
    if (again) schedule(RETRY[Math.min(failures++, RETRY.length - 1)]);
  };
  const attempt = async (keepalive) => {
    const at = edits;
    try {
      const response = await post(body("autosave", false), "application/json", keepalive);
      const json = (response.headers.get("Content-Type") || "").includes("json");
      const reply = json ? await response.json() : {};
      if (response.ok && json) succeeded(reply, at);
      else if (response.status === 409) failed(reply.message || words.conflict, false);
      else if (response.redirected || response.status === 403 || response.status === 404) failed(words.signedOut, false);
      else failed(words.failed, true);
    } catch {
      failed(words.failed, true);
    }
  };
  const save = async (keepalive) => {
    clearTimeout(timer);
    if (edits === saved || saving || busy || leaving) return;
    saving = attempt(keepalive === true);
    await saving;
    saving = null;
  };
  holder.addEventListener("input", (event) => {
    if (event.target.type === "file" || event.target.type === "search") return;
    edits += 1;
    schedule(2);
  });
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") save(true);
  });
  addEventListener("beforeunload", (event) => {
    if (alarm && !alarm.hidden && !leaving) event.preventDefault();
  });

  // -- acts that stay on the page ----------------------------------------------------------------------------------------
  const after = (key) => [...holder.querySelectorAll("[data-after]")].find((one) => one.dataset.after.split(" ").includes(key));
  const button = (act) => [...holder.querySelectorAll("button[name=act]")].find((one) => one.value === act);
  const within = (path) => {
    const question = [...holder.querySelectorAll("[data-question]")].find((one) => one.dataset.question === path.replace(/:(bank|branch)$/, ""));
    const boxes = question ? [...question.querySelectorAll("input:not([type=hidden]), button")] : [];
    return boxes.find((one) => one.type !== "radio" && !one.value) || boxes[0];
  };
  const refocus = (act) => {
    const [key, entry] = act.split("|");
    const [verb, ...rest] = key.split(":");
    const path = rest.join(":");
    const moved = verb === "up" || verb === "down" ? button(act) || button(`${verb === "up" ? "down" : "up"}:${path}|${entry}`) : null;
    const target = document.getElementById("error-summary") || moved || after(key) || within(path) || holder;
    if (target === holder) holder.tabIndex = -1;
    target.focus();
  };
  const swap = async (act) => {
    const response = await post(body(act, act.startsWith("upload:")), "text/html", false);
    if (response.redirected && new URL(response.url).pathname !== location.pathname) {
      leaving = true;
      location.assign(response.url);
      return false;
    }
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    const fresh = page.getElementById("page-form");
    if (!fresh) throw new Error("no form in the answer");
    holder.replaceChildren(...fresh.childNodes);
    document.title = page.title;
    saved = edits;
    say("");
    sound("");
    return true;
  };
  const run = async (act) => {
    if (busy) return;
    clearTimeout(timer);
    busy = true;
    if (saving) await saving;
    say(words.busy);
    holder.setAttribute("aria-busy", "true");
    holder.inert = true;
    const release = () => {
      holder.inert = false;
      holder.removeAttribute("aria-busy");
      busy = false;
    };
    try {
      // Focus cannot enter what is inert: the page is given back first.
      if (await swap(act).finally(release)) refocus(act);
    } catch {
      failed(words.failed, edits > saved);
    }
  };

  // In the capture phase: before page.js counts a submit as sent.
  document.addEventListener(
    "submit",
    (event) => {
      if (event.target !== form()) return;
      const act = event.submitter?.name === "act" ? event.submitter.value : "next";
      if (IN_PLACE.test(act)) {
        event.preventDefault();
        run(act);
      } else if (saving) {
        // The save on its way changes what this submit must say it has seen.
        event.preventDefault();
        const submitter = event.submitter;
        saving.finally(() => setTimeout(() => form().requestSubmit(submitter)));
      } else {
        leaving = true;
        clearTimeout(timer);
      }
    },
    true,
  );
  addEventListener("pageshow", () => (leaving = false));
  holder.addEventListener("keydown", (event) => {
    const box = event.target.closest("[data-enter]");
    // The Enter that ends a conversion of kana to kanji is not an Enter.
    if (!box || event.key !== "Enter" || event.isComposing || event.keyCode === 229) return;
    event.preventDefault();
    run(box.dataset.enter);
  });
  holder.addEventListener("change", (event) => {
    const box = event.target;
    if (box.dataset.upload && box.files.length) run(box.dataset.upload);
    const group = box.checked && box.closest("[data-choices]");
    if (!group) return;
    const exclusive = box.hasAttribute("data-exclusive");
    for (const other of group.querySelectorAll("input:checked")) {
      if (other !== box && (exclusive || other.hasAttribute("data-exclusive"))) other.checked = false;
    }
  });
})();
