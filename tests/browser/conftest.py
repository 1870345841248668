import os
import platform
import shutil
import subprocess

import pytest
from playwright.sync_api import sync_playwright

NAMES = ("chromium", "google-chrome", "google-chrome-stable")
# Headless, on this machine alone: the browser has no errands of its own.
ARGUMENTS = [
    "--no-sandbox",
    "--headless=new",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--use-fake-device-for-media-stream",  # a camera that shows a test picture
]


# Not for longer than a module: Playwright keeps an event loop running in this thread, in which
# the next module's own `anyio.run` would be refused.
@pytest.fixture(scope="module")
def chromium():
    """A running Chromium; installed where that is ours to do, else the test is skipped."""
    path = _find() or _install()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        browser.close()


def _find():
    return next(filter(None, map(shutil.which, NAMES)), None)


def _install():
    if not _is_root_on_debian():
        pytest.skip("no Chromium on the PATH, and it is installed on Debian, as root, alone")
    for words in ("update", "install -y --no-install-recommends chromium fonts-nanum"):
        found = subprocess.run(["apt-get", *words.split()], capture_output=True, text=True)
        if found.returncode:
            pytest.skip(f"no Chromium, and apt-get {words} fails: {found.stderr.strip()[-200:]}")
    return _find()


def _is_root_on_debian():
    try:
        return platform.freedesktop_os_release()["ID"] == "debian" and os.geteuid() == 0
    except OSError:  # no Linux
        return False
