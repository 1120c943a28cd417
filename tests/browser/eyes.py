"""What is looked for on every page: axe's rules, no sideways scroll, controls that a thumb hits, no words of the machine."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

LEAST_HEIGHT = 44
PHONE = {"width": 320, "height": 720}
MACHINE = re.compile(r"\{[{%]|Traceback|%\(\w+\)s|[:：] ?None\b|\bNoneType\b")
MEASURE = """least => {
  const wide = document.scrollingElement.scrollWidth - innerWidth;
  const small = [...document.querySelectorAll("button, a.button, input, select, textarea, summary, .pick, .site-nav a")].filter(one => {
    const type = one.getAttribute("type");
    if (["hidden", "radio", "checkbox"].includes(type) || one.closest("dialog:not([open])")) return false;
    const box = one.getBoundingClientRect();
    return box.width > 1 && box.height > 1 && box.height < least - .5;
  }).map(one => `${one.outerHTML.slice(0, 120)} ${Math.round(one.getBoundingClientRect().height)}px`);
  const out = wide <= 0 ? [] : [...document.querySelectorAll("body *")].filter(one => {
    const box = one.getBoundingClientRect();
    return box.right > innerWidth + 1 && !one.closest(".scroll, .visually-hidden");
  }).slice(0, 3).map(one => one.outerHTML.slice(0, 160));
  return { wide, small, out };
}"""
LOOK = f"""async least => ({{
  measured: ({MEASURE})(least),
  words: document.querySelector("main")?.innerText ?? "",
  violations: (await axe.run({{ resultTypes: ["violations"] }})).violations.map(one => ({{
    id: one.id, help: one.help, nodes: one.nodes.slice(0, 3).map(node => `${{node.html.slice(0, 200)}} | ${{node.failureSummary.slice(0, 200)}}`),
  }})),
}})"""


@dataclass
class Eyes:
    """Looks at one page after the other and remembers what was wrong, so that one run shows everything.

    axe comes in as an init script, which the strict Content-Security-Policy of the pages does not touch: it stays in force.
    """

    page: Page
    also_narrow: bool = False
    seen: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.add_init_script(AXE_SCRIPT)

    def __call__(self, name: str) -> None:
        self.page.wait_for_load_state()
        self.seen.append(name)
        found = self.page.evaluate(LOOK, LEAST_HEIGHT)
        self._note(name, found["measured"])
        for one in found["violations"]:
            self.wrong.append(f"{name}: {one['id']}: {one['help']}\n      " + "\n      ".join(one["nodes"]))
        if MACHINE.search(found["words"]):
            self.wrong.append(f"{name}: something of the machine is shown")
        if self.also_narrow:
            wide = self.page.viewport_size
            self.page.set_viewport_size(PHONE)  # type: ignore[arg-type]
            self._note(f"{name} at {PHONE['width']}px", self.page.evaluate(MEASURE, LEAST_HEIGHT))
            self.page.set_viewport_size(wide)  # type: ignore[arg-type]

    def _note(self, name: str, measured: dict[str, Any]) -> None:
        if measured["wide"] > 0:
            self.wrong.append(f"{name}: {measured['wide']}px too wide: {measured['out']}")
        self.wrong += [f"{name}: lower than {LEAST_HEIGHT}px: {one}" for one in measured["small"]]

    def report(self) -> str:
        return f"{len(self.seen)} pages\n" + "\n".join(self.wrong)
