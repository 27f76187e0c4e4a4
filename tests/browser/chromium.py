"""A page in a real browser for the tests. It asks nobody but this machine."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

import parts

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = [
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
]


@contextmanager
def opened() -> Iterator[Page]:
    """A page that fails the test on any error of a script, and on any request to another host."""
    parts.need(parts.CHROMIUM)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        page = browser.new_page()
        page.set_default_timeout(20_000)
        failures: list[str] = []
        outside: list[str] = []
        page.on("pageerror", lambda error: failures.append(str(error)))
        page.on("request", lambda request: outside.append(request.url))
        yield page
        browser.close()
    assert not failures
    assert all(url.startswith("http://127.0.0.1:") for url in outside), outside
