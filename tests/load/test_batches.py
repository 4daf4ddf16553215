"""How a refused call is halved: what belongs together stays together as long as it can."""

from __future__ import annotations

from collections.abc import Sequence
from types import SimpleNamespace
from typing import cast

from moorage.destination import Destination, NewRecord
from moorage.errors import RowError
from moorage.load.batches import Row, create_isolating


def test_groups_are_parted_only_where_a_row_is_refused() -> None:
    rows = [Row(f"{group}{n}", "{}", "", "", group=group) for group in (1, 2, 3) for n in range(3)]
    calls = []

    def create(_: str, records: Sequence[NewRecord]) -> list[int]:
        keys = [record.key for record in records]
        calls.append(keys)
        if "21" in keys:
            raise RowError("no")
        return list(range(len(keys)))

    destination = SimpleNamespace(create=create, find_keys=lambda *_: {})
    outcome = create_isolating(cast(Destination, destination), "account.move.line", rows)

    assert [row.key for row in outcome.refused] == ["21"]
    assert len(outcome.receipts) == 8
    parted = {
        key[0]
        for keys in calls
        for key in keys
        if len({one for one in keys if one[0] == key[0]}) < 3
    }
    assert parted == {"2"}
