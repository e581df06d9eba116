"""A real Chromium on a real report.

PLIMSOLL_REPORT names the report, as `plimsoll simulate --report` wrote it. PLIMSOLL_CHROMIUM and
PLIMSOLL_CHROMEDRIVER name the programs; Debian's are found without.
"""

import os
import pathlib
import tempfile

import pytest
from report import Report
from selenium import webdriver

FLAGS = (
    "--headless=new --no-sandbox --disable-gpu --disable-quic --no-first-run "
    "--disable-background-networking --disable-component-update --disable-sync"
).split()


@pytest.fixture(scope="session")
def browser():
    options = webdriver.ChromeOptions()
    options.binary_location = os.environ.get("PLIMSOLL_CHROMIUM", "/usr/bin/chromium")
    driver = os.environ.get("PLIMSOLL_CHROMEDRIVER", "/usr/bin/chromedriver")
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        for flag in [*FLAGS, f"--user-data-dir={profile}"]:
            options.add_argument(flag)
        chromium = webdriver.Chrome(options=options, service=webdriver.ChromeService(driver))
        yield chromium
        chromium.quit()


@pytest.fixture
def report(browser):
    """The report, freshly opened in a wide window, in light."""
    path = pathlib.Path(os.environ["PLIMSOLL_REPORT"]).resolve()
    opened = Report(browser, path.as_uri())
    opened.resize(1280, 900)
    opened.open()
    opened.wear("light")
    yield opened
    errors = [line for line in browser.get_log("browser") if line["level"] == "SEVERE"]
    assert errors == [], "the page wrote errors to the console"
