"""Modules of the Odoo Community Association, for tests that want one in their Odoo."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

from moorage.sandbox import OdooServer

#: With its hash: it runs in our Odoo, and no lock of ours can hold what depends on Odoo.
PHONECALLS = (
    "odoo-addon-crm-phonecall==19.0.1.0.1"
    " --hash=sha256:2d87e7ebf014210bbc3c52cf1ec869bdaf8f10ddffffe494c3fe8c11969a0acb"
)


def install_phonecalls(odoo: OdooServer, folder: Path) -> None:
    """Install crm_phonecall, which is fetched into `folder`, from the package index."""
    (folder / "wanted.txt").write_text(PHONECALLS)
    pip, uv = shutil.which("pip"), shutil.which("uv")
    program = [pip] if pip else [uv, "pip"] if uv else [sys.executable, "-m", "pip"]
    options = ["--quiet", "--no-deps", "--require-hashes", "--target", str(folder / "fetched")]
    subprocess.run([*program, "install", *options, "-r", str(folder / "wanted.txt")], check=True)
    odoo.install(folder / "fetched" / "odoo" / "addons" / "crm_phonecall")
