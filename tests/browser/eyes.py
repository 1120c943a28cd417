"""What is looked for on every page: axe's rules, no sideways scroll, controls that a thumb hits."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

LEAST_HEIGHT = 44
PHONE = {"width": 320, "height": 720}
MACHINE = re.compile(r"\{[{%]|Traceback|%\(\w+\)s|[:：] ?None\b|\bNoneType\b")
SCRIPT = """least => {
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


@dataclass
class Eyes:
    """Looks at one page after the other and remembers what was wrong, so that one run shows everything."""

    page: Page
    also_narrow: bool = False
    seen: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    def __call__(self, name: str) -> None:
        self.page.wait_for_load_state()
        self.seen.append(name)
        self._measure(name)
        if self.also_narrow:
            wide = self.page.viewport_size
            self.page.set_viewport_size(PHONE)
            self._measure(f"{name} at {PHONE['width']}px")
            self.page.set_viewport_size(wide or PHONE)
        found = Axe().run(self.page, options={"resultTypes": ["violations"]}).response["violations"]
        for violation in found:
            nodes = [f"{node['html'][:200]} | {node['failureSummary'][:200]}" for node in violation["nodes"][:3]]
            self.wrong.append(f"{name}: {violation['id']}: {violation['help']}\n      " + "\n      ".join(nodes))
        if MACHINE.search(self.page.locator("main").inner_text()):
            self.wrong.append(f"{name}: something of the machine is shown")

    def _measure(self, name: str) -> None:
        found = self.page.evaluate(SCRIPT, LEAST_HEIGHT)
        if found["wide"] > 0:
            self.wrong.append(f"{name}: {found['wide']}px too wide: {found['out']}")
        self.wrong += [f"{name}: lower than {LEAST_HEIGHT}px: {one}" for one in found["small"]]

    def report(self) -> str:
        return f"{len(self.seen)} pages\n" + "\n".join(self.wrong)
