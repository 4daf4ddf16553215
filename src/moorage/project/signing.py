"""What people agreed to: verification, spot check, sign-off and waiver, as readable JSON files.

`.moorage/[destination/]verified.json` is what `verify` found last. `spotcheck.json` beside the
answers of a destination, `signoff-<destination>.json` and `waiver.json` stand in `decisions`.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, TypeVar

from moorage.errors import RefusedError


@dataclass(frozen=True)
class Verified:
    """What the last verification of a destination found, and on what grounds it stands.

    `run` is the number of the last run into the destination then; `sample` is how many rows of
    each entry were loaded, None for all.
    """

    at: str
    run: int
    mapping_digest: str
    snapshot: str
    sample: int | None
    records: int
    values: int
    differences: int
    agrees: bool


@dataclass(frozen=True)
class SpotCheck:
    """Ticks read back from a sheet. `wrong` and `unticked` are entries and keys."""

    sheet: str
    run: int
    at: str
    name: str
    date: str
    count: int
    right: int
    wrong: tuple[str, ...] = ()
    unticked: tuple[str, ...] = ()
    remarks: int = 0

    def __str__(self) -> str:
        words = f"{self.right} of {self.count} records right"
        if self.wrong:
            words += f", {len(self.wrong)} wrong"
        return f"{words}, {len(self.unticked)} not ticked" if self.unticked else words


@dataclass(frozen=True)
class SignOff:
    """A person agrees to what stands in a destination, for exactly this mapping."""

    destination: str
    name: str
    at: str
    url: str
    database: str
    run: int
    mapping_digest: str
    plan_digest: str
    snapshot: str
    verified: Verified
    spot_check: SpotCheck | None
    accepted_differences: bool = False


@dataclass(frozen=True)
class Waiver:
    """A person goes to production without a sign-off of the rehearsal, for exactly this mapping."""

    name: str
    why: str
    at: str
    mapping_digest: str


Kept = TypeVar("Kept", Verified, SpotCheck, SignOff, Waiver)


def keep(path: Path, what: Verified | SpotCheck | SignOff | Waiver) -> Path:
    """Write `what`; a killed write leaves the former file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.new")
    draft.write_text(json.dumps(asdict(what), indent=2, ensure_ascii=False) + "\n", "utf-8")
    draft.replace(path)
    return path


def kept(path: Path, kind: type[Kept]) -> Kept | None:
    """What was written to `path`; None if there is nothing; RefusedError if it cannot be read."""
    try:
        return kind(**_read(json.loads(path.read_text(encoding="utf-8"))))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError) as error:
        raise RefusedError(
            "this file cannot be read",
            where=str(path),
            state="Nothing was changed.",
            todo="Put it back as it was, or delete it and do that step again.",
        ) from error


def _read(given: dict[str, Any]) -> dict[str, Any]:
    for name in ("wrong", "unticked"):
        if name in given:
            given[name] = tuple(given[name])
    if "verified" in given:
        given["verified"] = Verified(**given["verified"])
    if given.get("spot_check"):
        given["spot_check"] = SpotCheck(**_read(given["spot_check"]))
    return given
