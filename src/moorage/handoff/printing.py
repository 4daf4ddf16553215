"""The whole hand-off as a PDF, by a browser that is installed; never a must."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

#: Browsers that print without a window, by the names they are installed under.
BROWSERS = (
    "chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome",
    "microsoft-edge",
)  # fmt: skip
SECONDS = 180
BY_HAND = "Open print.html in a browser and print it to a PDF."


def find_browser() -> str | None:
    """The path of a browser that can print; None if none is installed."""
    return next((found for name in BROWSERS if (found := shutil.which(name))), None)


def print_to_pdf(page: Path, pdf: Path) -> tuple[Path | None, str]:
    """Print `page` to `pdf`: the path and nothing, or nothing and why not, with what to do."""
    browser = find_browser()
    if browser is None:
        return None, f"No Chromium or Chrome is installed, so there is no PDF. {BY_HAND}"
    with tempfile.TemporaryDirectory(prefix="moorage-print-") as home:
        command = [
            browser, "--headless", "--disable-gpu", "--no-first-run", f"--user-data-dir={home}",
            "--disable-extensions", "--disable-background-networking", "--no-pdf-header-footer",
            f"--print-to-pdf={pdf}",
        ]  # fmt: skip
        if hasattr(os, "geteuid") and os.geteuid() == 0:
            command.append("--no-sandbox")  # Chromium's own sandbox refuses to work for root.
        try:
            command.append(page.resolve().as_uri())
            subprocess.run(command, capture_output=True, timeout=SECONDS, check=True)
        except (OSError, subprocess.SubprocessError) as error:
            pdf.unlink(missing_ok=True)
            return None, f"The browser did not print ({type(error).__name__}). {BY_HAND}"
    return (pdf, "") if pdf.exists() else (None, f"The browser printed nothing. {BY_HAND}")
