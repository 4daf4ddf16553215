"""Guards against a large blast: what in a plan is unusual enough to be said aloud."""

from __future__ import annotations

#: Share of an entry's rows above which an operation is said aloud, in per cent.
LIMITS = {"update": 30, "set_aside": 5, "merge": 20, "archive": 5}
_FEW = 20


def list_guards(counts: dict[str, dict[str, int]]) -> tuple[str, ...]:
    """Sentences on what is unusually large, by entry; small entries are left alone."""
    words = {
        "update": "be updated", "set_aside": "be set aside", "merge": "be merged",
        "archive": "be archived",
    }  # fmt: skip
    said = []
    for entry, operations in counts.items():
        total = sum(operations.values())
        for operation, limit in LIMITS.items():
            count = operations.get(operation, 0)
            if total >= _FEW and count * 100 > limit * total:
                said.append(
                    f"{entry}: {count} of {total} rows ({count * 100 // total} %) would"
                    f" {words[operation]}; more than {limit} % is unusual"
                )
    return tuple(said)
