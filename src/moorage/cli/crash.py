"""When Moorage itself is wrong: a file for the bug report that holds no values and no secrets."""

from __future__ import annotations

import os
import platform
import re
import traceback
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

_QUOTED = re.compile(r"""'[^'\n]*'|"[^"\n]*"|`[^`\n]*`""")
_TELLING = re.compile(r"\S+@\S+|\S*\d{3,}\S*")
_SECRET_VARIABLE = re.compile(r"PASSWORD|SECRET|TOKEN|KEY")


def write_crash(error: BaseException, command: str, folder: Path) -> Path:
    """A new crash file in `folder`: the way through the code, and messages without their values."""
    moment = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
    path = folder / f"crash-{moment}-{os.getpid()}.txt"
    lines = [
        f"moorage {version('moorage')}, Python {platform.python_version()}, {platform.system()}",
        f"command: {command}",
        "",
        *_told(error),
    ]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def redacted(text: str) -> str:
    """`text` without the values of secret environment variables."""
    for name, value in os.environ.items():
        if len(value) > 3 and _SECRET_VARIABLE.search(name):
            text = text.replace(value, "[secret]")
    return text


def _told(error: BaseException) -> list[str]:
    """The chain of errors, innermost first. Code lines are ours; messages lose what they quote."""
    cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    lines = [*_told(cause), "", "which led to", ""] if cause is not None else []
    for frame in traceback.extract_tb(error.__traceback__):
        lines.append(f"{_short(frame.filename)}:{frame.lineno} in {frame.name}")
    message = _TELLING.sub("[...]", _QUOTED.sub("[...]", redacted(str(error))))
    return [*lines, f"{type(error).__module__}.{type(error).__qualname__}: {message[:500]}"]


def _short(filename: str) -> str:
    """A path from the package on: where it is installed is nobody's business."""
    parts = Path(filename).parts
    for anchor in ("site-packages", "moorage"):
        if anchor in parts:
            return "/".join(parts[len(parts) - 1 - parts[::-1].index(anchor) :])
    return Path(filename).name
