"""A keyboard for a real Chromium: every stop of the Tab key is looked at, and no pointer is used.

    keys = keyboard.Keys(page)
    keys.begin("find a project")
    keys.ledger("/r/projects/")
    keys.search("P0013")
"""

from typing import Any

POINTER = """
["pointerdown", "pointermove", "mousedown", "mousemove", "touchstart", "wheel"].forEach((name) => addEventListener(name,
    () => sessionStorage.setItem("pointed", 1 + Number(sessionStorage.getItem("pointed"))), true));
window.print = () => sessionStorage.setItem("printed", location.pathname);
"""
STOP = """() => {
  const at = document.activeElement, style = getComputedStyle(at);
  const boxes = [...at.getClientRects()].filter((box) => box.width && box.height);
  if (at === document.body || !boxes.length) { return { problem: "nothing has the focus", what: location.pathname }; }
  const what = `${location.pathname} ${at.tagName} ${(at.getAttribute("aria-label") || at.innerText || at.name || "").trim().slice(0, 20)}`;
  const box = boxes.find((each) => each.bottom > 0 && each.top < innerHeight && each.right > 0 && each.left < innerWidth);
  if (!box) { return { problem: "it lies outside the window", what }; }
  const x = (Math.max(box.left, 0) + Math.min(box.right, innerWidth)) / 2;
  const top = document.elementFromPoint(x, (Math.max(box.top, 0) + Math.min(box.bottom, innerHeight)) / 2);
  const outline = parseFloat(style.outlineWidth);
  const hidden = !top || !(at.contains(top) || top.contains(at) && !top.matches("[role=note], dialog"));
  const problem = style.outlineStyle === "none" || !outline ? "its focus is not seen"
    : style.outlineColor === getComputedStyle(document.body).backgroundColor ? "its outline has the colour of the page"
    : hidden ? `it is hidden under ${top && top.tagName}` : document.getAnimations().length ? "something moves" : "";
  const region = at.closest("header, nav, aside, form, dialog, fieldset, table, section, .steps") || document.body;
  window.regions = window.regions || [];
  if (!window.regions.includes(region)) { window.regions.push(region); }
  const [x0, y0] = [scrollX, scrollY];
  return { problem, what, region: window.regions.indexOf(region), x: box.left + x0, y: box.top + y0, bottom: box.bottom + y0 };
}"""


class Keys:
    """A keyboard, and what is counted of it: presses by task, and what was wrong at the stops of the Tab key."""

    def __init__(self, page):
        self.page, self.driver = page, page.context.new_cdp_session(page)
        self.presses: dict[str, list[int]] = {}  # by task: of Tab, of other keys
        self.task, self.stops, self.faults = "", 0, []
        self.last = None
        page.on("filechooser", lambda _dialog: None)  # from now on none opens on the screen; `choose` would say so too late

    def begin(self, task: str) -> None:
        """Count from here for another task."""
        self.task = task
        self.presses[task] = [0, 0]

    def press(self, *keys: str) -> None:
        """Press keys one after the other."""
        for key in keys:
            self.page.keyboard.press(key)
            self.presses[self.task][1] += 1
        self.last = None

    def choose(self, files: Any) -> None:
        """Press the space bar on a field for files, and answer the system's dialog that it opens with a path, or several."""
        with self.page.expect_file_chooser() as dialog:
            self.press(" ")
        dialog.value.set_files(files)

    def type(self, text: str) -> None:
        """Type a text over what is chosen in the field."""
        self.page.keyboard.press("Control+A")
        self.page.keyboard.type(text)
        self.presses[self.task][1] += len(text) + 1
        self.last = None

    def reach(self, selector: str, most: int = 30, key: str = "Tab") -> None:
        """Press Tab until what has the focus is this; look at every stop. Raise LookupError when that takes too long."""
        for _press in range(most):
            if self.at(selector) and _press:
                return
            self.page.keyboard.press(key)
            self.presses[self.task][0] += 1
            self._look(forward=key == "Tab")
        if not self.at(selector):
            raise LookupError(f"{selector} is not reached with {most} presses on {self.page.url}; at {self.page.evaluate(STOP)}")

    def go(self, arrow: str, selector: str) -> None:
        """Press an arrow key until this has the focus. Raise LookupError when it never has."""
        for _press in range(60):
            if self.at(selector):
                return
            self.press(arrow)
        raise LookupError(f"{arrow} does not lead to {selector}")

    def at(self, selector: str) -> bool:
        """Tell whether this has the focus."""
        return self.page.evaluate("(selector) => document.activeElement.matches(selector)", selector)

    def gets(self, selector: str) -> bool:
        """Tell whether this gets the focus while the page stays the same."""
        for _time in range(200):
            if self.at(selector):
                return True
            self.page.wait_for_timeout(50)
        return False

    def wait(self, selector: str, text: str = "") -> None:
        """Wait until the page has given the focus to this and is at rest. Raise LookupError when it does not."""
        for _time in range(200):
            self.page.wait_for_timeout(50)
            rests = not self.page.locator(".htmx-request, .htmx-swapping, .htmx-settling").count()
            if rests and self.at(selector) and text in self.page.evaluate("document.activeElement.innerText"):
                return
        raise LookupError(f"{selector} does not get the focus on {self.page.url}")

    def follow(self, selector: str = "", most: int = 30) -> None:
        """Reach something, if it has not the focus, and press Enter, which leads to another page."""
        if selector and not self.at(selector):
            self.reach(selector, most)
        with self.page.expect_navigation(wait_until="load"):
            self.press("Enter")
        begins = self.page.locator("[autofocus]").count() and "#" not in self.page.url
        for _time in range(40 if begins else 0):  # the page gives the focus a moment after it has come
            if self.at("[autofocus]"):
                return
            self.page.wait_for_timeout(50)

    def skip(self, place: str) -> None:
        """Jump by the link that every page begins with; from further down by its access key."""
        link = f"a.skip[href='{place}']"
        if self.page.evaluate("document.activeElement === document.body && !location.hash"):
            self.reach(link, 4)
            self.press("Enter")
        else:
            self._alt(self.page.get_attribute(link, "accesskey"))
        if not self.at(place):
            raise LookupError(f"no jump to {place} on {self.page.url}")

    def _alt(self, letter: str) -> None:
        """Press Alt and a letter; the driver's own keyboard sends no character with Alt, by which the browser knows an access key."""
        key = {"modifiers": 1, "key": letter, "code": f"Key{letter.upper()}", "windowsVirtualKeyCode": ord(letter.upper())}
        for kind, text in (("rawKeyDown", {}), ("char", {"text": letter, "unmodifiedText": letter}), ("keyUp", {})):
            self.driver.send("Input.dispatchKeyEvent", {"type": kind, **key, **text})
        self.press()
        self.presses[self.task][1] += 1

    def search(self, word: str) -> None:
        """Search this page's list, to which the sign / leads."""
        for _time in range(2):  # a search of the whole zone comes first, where there is one
            self.press("/")
            if self.at("main [type=search]"):
                break
        self.type(word)
        self.follow()

    def ledger(self, address: str) -> None:
        """Go to a register's list by the navigation."""
        self.skip("#registers")
        group = f"#registers details:has(a[href='{address}'])"
        if not self.page.locator(f"{group}[open]").count():
            self.reach(f"{group} > summary", 60)
            self.press("Enter")
        self.follow(f"#registers a[href='{address}']", 60)

    def grid(self) -> None:
        """Go into the list's table, which is one stop."""
        self.skip("#list")
        self.reach("table[role=grid] td", 8)

    def change_person(self, account: str, password: str) -> None:
        """Sign out, which is the last link before the page's content, and sign in as somebody else."""
        self.skip("#content")
        self.reach("form[action='/sign-out/'] button", 3, "Shift+Tab")
        self.follow()
        self.type(account)
        self.reach("[name=password]")
        self.type(password)
        self.follow()

    def open_record(self, address: str, code: str) -> None:
        """Open a record from its register's list."""
        self.ledger(address)
        self.search(code)
        self.grid()
        self.follow()

    def alert(self) -> str:
        """Return what is announced."""
        return " ".join(self.page.locator("[role=alert]").all_inner_texts())

    def _look(self, *, forward: bool) -> None:
        """Look at a stop: whether it is seen, and follows the one before it, within the same part of the page."""
        self.stops += 1
        now, last = self.page.evaluate(STOP), self.last
        if now["problem"]:
            self.faults.append(f"{now['what']}: {now['problem']}")
        elif forward and last and last["region"] == now["region"] and now["bottom"] <= last["y"] and now["x"] <= last["x"]:
            self.faults.append(f"{now['what']}: it stands before what came before it, {last['what']}")
        self.last = None if now["problem"] else now


def blind(route) -> None:
    """Answer with a style sheet in which the focus is not seen."""
    answer = route.fetch()
    route.fulfill(response=answer, body=answer.text() + ":focus, :focus-visible { outline: none !important }")
