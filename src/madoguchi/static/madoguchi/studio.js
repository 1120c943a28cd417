// The studio's outline: rows can be dragged to where the buttons would move them, by posting the very form that they post. The row that is
// looked at is brought into view. Without this script everything works by buttons.
"use strict";
(() => {
  const outline = document.querySelector(".outline");
  if (!outline) return;
  const current = outline.querySelector("[aria-current]");
  if (current && outline.scrollHeight > outline.clientHeight) outline.scrollTop = current.offsetTop - outline.clientHeight / 2;
  const form = document.getElementById("drag");
  if (!form) return;
  const rows = [...outline.querySelectorAll("[data-at]")];
  let dragged = null;

  // Where a row would go if it were let go over another one: {into, index}, or null where it may not stand.
  const target = (row, below) => {
    const { kind, home, index, at } = row.dataset;
    if (!dragged || row === dragged) return null;
    const mine = dragged.dataset;
    if (kind === mine.kind) {
      const place = Number(index) + (below ? 1 : 0);
      const isAfter = home === mine.home && Number(mine.index) < place;
      return { into: home, index: isAfter ? place - 1 : place };
    }
    if (mine.kind === "question" && (kind === "section" || (kind === "page" && !hasSections(at)))) return { into: at, index: 0 };
    return mine.kind === "section" && kind === "page" ? { into: at, index: 0 } : null;
  };
  const hasSections = (page) => rows.some((row) => row.dataset.kind === "section" && row.dataset.home === page);
  const isBelow = (event, row) => event.clientY > row.getBoundingClientRect().top + row.offsetHeight / 2;
  const clear = () => rows.forEach((row) => row.classList.remove("drop-above", "drop-below", "dragged"));

  for (const row of rows) {
    row.draggable = true;
    for (const link of row.querySelectorAll("a")) link.draggable = false;
    row.addEventListener("dragstart", (event) => {
      dragged = row;
      row.classList.add("dragged");
      event.dataTransfer.effectAllowed = "move";
      event.dataTransfer.setData("text/plain", row.dataset.at);
    });
    row.addEventListener("dragend", () => {
      dragged = null;
      clear();
    });
    row.addEventListener("dragover", (event) => {
      const below = isBelow(event, row);
      if (!target(row, below)) return;
      event.preventDefault();
      rows.forEach((one) => one.classList.remove("drop-above", "drop-below"));
      row.classList.add(below || row.dataset.kind !== dragged.dataset.kind ? "drop-below" : "drop-above");
    });
    row.addEventListener("drop", (event) => {
      const place = target(row, isBelow(event, row));
      if (!place) return;
      event.preventDefault();
      form.elements.at.value = dragged.dataset.at;
      form.elements.into.value = place.into;
      form.elements.index.value = String(place.index);
      form.submit();
    });
  }
})();
