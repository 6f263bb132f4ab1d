"""A headless Chromium for tests, driven by the DevTools protocol over its own pipe: no port, no driver program, no library.

with Browser() as browser:
    browser.open("http://…")
    browser.wait("document.readyState === 'complete'")
    browser.key("Enter")
"""

from __future__ import annotations

import base64
import json
import os
import select
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
KEYS = {"Tab": 9, "Enter": 13, "Escape": 27, " ": 32, "ArrowLeft": 37, "ArrowUp": 38, "ArrowRight": 39, "ArrowDown": 40, "PageUp": 33,
        "PageDown": 34}
CONTROL, SHIFT = 2, 8  # held with a key


def find_browser() -> str | None:
    """The program, or None where there is none."""
    return next(filter(None, map(shutil.which, NAMES)), None)


class Browser:
    """One window. Everything waits at most `patience` seconds and then fails with what it waited for."""

    def __init__(self, width: int = 360, height: int = 740, patience: float = 20.0, dark: bool = False):
        self.patience, self.events = patience, []
        self._size, self._dark, self._number, self._rest = (width, height), dark, 0, b""

    def __enter__(self) -> Browser:
        self._profile = tempfile.mkdtemp(prefix="browser-")
        self.downloads = Path(self._profile) / "downloads"
        to_browser, self._write = os.pipe()
        self._read, from_browser = os.pipe()

        def wire() -> None:  # the program reads from 3 and writes to 4
            first, second = os.dup(to_browser), os.dup(from_browser)
            os.dup2(first, 3)
            os.dup2(second, 4)

        self._process = subprocess.Popen(
            [
                find_browser(),
                "--headless=new",
                "--remote-debugging-pipe",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-dev-shm-usage",
                "--mute-audio",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--use-mock-keychain",
                f"--user-data-dir={self._profile}",
                "about:blank",
            ],
            preexec_fn=wire,
            pass_fds=(3, 4, to_browser, from_browser),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(to_browser)
        os.close(from_browser)
        self._session = None
        page = next(t for t in self.call("Target.getTargets")["targetInfos"] if t["type"] == "page")
        self._session = self.call("Target.attachToTarget", targetId=page["targetId"], flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Network"):
            self.call(f"{domain}.enable")
        self.resize(*self._size)
        if self._dark:
            self.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": "dark"}])
        self.call("Browser.setDownloadBehavior", behavior="allow", downloadPath=str(self.downloads))
        return self

    def __exit__(self, *error) -> None:
        os.close(self._write)  # the end of its pipe ends the program, and with it all its processes
        try:
            self._process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        os.close(self._read)
        shutil.rmtree(self._profile, ignore_errors=True)

    def call(self, method: str, **parameters) -> dict:
        """A command of the protocol and its result; events that come meanwhile are kept in `events`."""
        self._number += 1
        message = {"id": self._number, "method": method, "params": parameters}
        if self._session:
            message["sessionId"] = self._session
        os.write(self._write, json.dumps(message).encode() + b"\0")
        deadline = time.monotonic() + self.patience
        while True:
            answer = self._receive(deadline, method)
            if answer.get("id") != self._number:
                self.events.append(answer)
                continue
            if "error" in answer:
                raise AssertionError(f"{method}: {answer['error']['message']}")
            return answer["result"]

    def _receive(self, deadline: float, what: str) -> dict:
        while b"\0" not in self._rest:
            if not select.select([self._read], [], [], max(0.0, deadline - time.monotonic()))[0]:
                raise AssertionError(f"no answer to {what} in {self.patience:g} s")
            piece = os.read(self._read, 1 << 20)
            if not piece:
                raise AssertionError(f"the browser ended during {what}")
            self._rest += piece
        message, self._rest = self._rest.split(b"\0", 1)
        return json.loads(message)

    def resize(self, width: int, height: int, touch: bool = False) -> None:
        """Another window, a phone's if it is narrow; `touch`: one that fingers can touch."""
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=width < 500)
        self.call("Emulation.setTouchEmulationEnabled", enabled=touch)

    def open(self, address: str) -> None:
        """Go to an address and wait until it is loaded."""
        before = self.run("performance.timeOrigin")
        if error := self.call("Page.navigate", url=address).get("errorText"):
            raise AssertionError(f"{address}: {error}")
        self.wait(f"document.readyState === 'complete' && performance.timeOrigin !== {before}")

    def reload(self) -> None:
        before = self.run("performance.timeOrigin")
        self.call("Page.reload")
        self.wait(f"document.readyState === 'complete' && performance.timeOrigin !== {before}")

    def run(self, script: str):
        """The value of a piece of JavaScript, awaited, as a click of a person would have run it."""
        result = self.call("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True, userGesture=True)
        if "exceptionDetails" in result:
            details = result["exceptionDetails"]
            raise AssertionError(f"{script}: {details.get('exception', {}).get('description', details['text'])}")
        return result["result"].get("value")

    def wait(self, condition: str, patience: float | None = None):
        """The first true value of a piece of JavaScript."""
        deadline = time.monotonic() + (patience or self.patience)
        while True:
            try:
                if value := self.run(condition):
                    return value
            except AssertionError as error:  # the page is being replaced
                if "context" not in str(error):
                    raise
            if time.monotonic() > deadline:
                raise AssertionError(f"waited in vain for: {condition}\non the page: {self.run('document.body.innerText')[:600]}")
            time.sleep(0.02)

    def click(self, selector: str) -> None:
        """A real click on the middle of an element."""
        place = self.run(
            f"(e => {{ e.scrollIntoView({{block: 'center'}}); const b = e.getBoundingClientRect();"
            f" return [b.x + b.width / 2, b.y + b.height / 2]; }})(document.querySelector({json.dumps(selector)}))"
        )
        for kind in ("mousePressed", "mouseReleased"):
            self.call("Input.dispatchMouseEvent", type=kind, x=place[0], y=place[1], button="left", clickCount=1)

    def drag(self, selector: str, right: float, down: float, finger: bool = False) -> None:
        """A real drag from the middle of what is seen of an element, in a few moves, by mouse or by finger."""
        x, y = self.run(
            f"(e => {{ e.scrollIntoView({{block: 'center', inline: 'center'}}); const b = e.getBoundingClientRect();"
            f" return [b.x + b.width / 2, b.y + b.height / 2]; }})(document.querySelector({json.dumps(selector)}))"
        )
        places = [(x + right * share / 8, y + down * share / 8) for share in range(9)]
        for number, (x, y) in enumerate([*places, places[-1]]):
            end = number == 9
            if finger:
                kind = "touchEnd" if end else "touchMove" if number else "touchStart"
                self.call("Input.dispatchTouchEvent", type=kind, touchPoints=[] if end else [{"x": x, "y": y}])
            else:
                kind = "mouseReleased" if end else "mouseMoved" if number else "mousePressed"
                self.call("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", buttons=0 if end else 1, clickCount=1)

    def write(self, text: str) -> None:
        """Type into what has the focus."""
        self.call("Input.insertText", text=text)

    def choose_file(self, selector: str, path: Path) -> None:
        """Give a file to a file input."""
        element = self.call("Runtime.evaluate", expression=f"document.querySelector({json.dumps(selector)})")["result"]["objectId"]
        self.call("DOM.setFileInputFiles", files=[str(path)], objectId=element)

    def key(self, key: str, held: int = 0) -> None:
        """A real key, pressed and let go; `held`: CONTROL, SHIFT or their sum."""
        code = KEYS.get(key, ord(key[0].upper()))
        text = {"text": "\r" if key == "Enter" else key} if key == "Enter" or len(key) == 1 and not held & CONTROL else {}
        self.call("Input.dispatchKeyEvent", type="keyDown", key=key, windowsVirtualKeyCode=code, modifiers=held, **text)
        self.call("Input.dispatchKeyEvent", type="keyUp", key=key, windowsVirtualKeyCode=code, modifiers=held)

    def picture(self, path: Path) -> None:
        """What the window shows, the whole page, as a PNG."""
        size = self.run("[document.documentElement.scrollWidth, document.documentElement.scrollHeight]")
        shot = self.call(
            "Page.captureScreenshot",
            format="png",
            captureBeyondViewport=True,
            clip={"x": 0, "y": 0, "width": size[0], "height": size[1], "scale": 1},
        )
        path.write_bytes(base64.b64decode(shot["data"]))

    def requests(self) -> list[str]:
        """Addresses that were asked for so far."""
        self.run("0")
        return [event["params"]["request"]["url"] for event in self.events if event.get("method") == "Network.requestWillBeSent"]
