# SPDX-License-Identifier: MIT
"""A Chromium without a window, driven over WebDriver: HTTP and JSON."""
import base64
import json
import re
import shutil
import subprocess
import tempfile
import time
import urllib.error
import urllib.request

FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync", "--hide-scrollbars", "--force-color-profile=srgb"]
ELEMENT = "element-6066-11e4-a52e-4f735466cecf"  # by the standard
PATIENCE = 120  # seconds for anything to happen


def missing():
    """What is not there, or ""."""
    return " and ".join(name for name in ("chromium", "chromedriver") if not shutil.which(name))


class Browser:
    def __init__(self, width=1280, height=900):
        self.folder = tempfile.mkdtemp(prefix="fk-browser-")
        self.base = self.start()
        args = FLAGS + [f"--user-data-dir={self.folder}", f"--window-size={width},{height}"]
        options = {"goog:chromeOptions": {"binary": shutil.which("chromium"), "args": args}, "goog:loggingPrefs": {"browser": "ALL"}}
        self.session = self.call("POST", "/session", {"capabilities": {"alwaysMatch": options}})["sessionId"]

    def start(self):
        """Its address. It chooses a port that somebody else may take first, and then it ends."""
        for _ in range(10):
            self.driver = subprocess.Popen([shutil.which("chromedriver"), "--port=0"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                                           text=True)
            for line in self.driver.stdout:
                if found := re.search(r"started successfully on port (\d+)", line):
                    return f"http://127.0.0.1:{found.group(1)}"
            self.driver.wait()
            self.driver.stdout.close()
        raise AssertionError("chromedriver does not start")

    def call(self, method, path, body=None):
        request = urllib.request.Request(self.base + path, None if body is None else json.dumps(body).encode(),
                                         {"Content-Type": "application/json"}, method=method)
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
                return json.load(answer)["value"]
        except urllib.error.HTTPError as problem:
            raise AssertionError(f"{method} {path}: {json.load(problem)['value']['message']}") from None

    def do(self, method, path, body=None):
        return self.call(method, f"/session/{self.session}{path}", body)

    def open(self, url):
        self.do("POST", "/url", {"url": url})

    def run(self, script, *arguments):
        """The body of a function of the page, and what it returns."""
        return self.do("POST", "/execute/sync", {"script": script, "args": list(arguments)})

    def devtools(self, command, **parameters):
        return self.do("POST", "/goog/cdp/execute", {"cmd": command, "params": parameters})

    def find(self, selector):
        return self.do("POST", "/element", {"using": "css selector", "value": selector})[ELEMENT]

    def click(self, selector):
        self.do("POST", f"/element/{self.find(selector)}/click", {})

    def type(self, selector, keys):
        self.do("POST", f"/element/{self.find(selector)}/value", {"text": keys})

    def text(self, selector):
        return self.run("return document.querySelector(arguments[0])?.textContent", selector)

    def until(self, what, condition):
        """Waits until condition() holds and returns what it says."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            if found := condition():
                return found
            time.sleep(0.02)
        raise AssertionError(f"{what}: not within {PATIENCE} s; the page says {self.text('body')[:2000]}")

    def picture(self, file):
        file.write_bytes(base64.b64decode(self.do("GET", "/screenshot")))

    def look(self, scheme="light", width=1280, height=900):
        """Light or dark, and how large the window is."""
        self.devtools("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
        self.devtools("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)

    def complaints(self):
        """What the console says but of refusals: errors of scripts, what the policy forbids."""
        said = [entry["message"] for entry in self.do("POST", "/se/log", {"type": "browser"})]
        return [message for message in said if "status of 40" not in message]

    def close(self):
        try:
            self.do("DELETE", "")
        finally:
            self.driver.terminate()
            self.driver.wait()
            self.driver.stdout.close()
            shutil.rmtree(self.folder, ignore_errors=True)
