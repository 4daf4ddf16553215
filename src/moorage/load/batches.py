"""One call at a time: what a worker thread does, and how a lost answer or a bad row is met.

Workers make calls and return what happened; they never write the ledger.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import pyarrow as pa

from moorage.destination import Destination, NewRecord
from moorage.errors import AlreadyThereError, LostAnswerError, RowError
from moorage.ledger import Receipt, SetAside
from moorage.load.contents import BATCH_BYTES, NO_FILES, Contents, FileError, contents_of
from moorage.sources.base import FileStore


@dataclass(frozen=True)
class Row:
    """A row on its way: key, Odoo values as JSON text, digest and text of its target row, files.

    Rows of one `group` are never sent side by side, and apart only where one of them is refused.
    """

    key: str
    values: str
    digest: str
    loaded: str
    files: Contents = NO_FILES
    group: int | None = None

    def receipt(self, odoo_id: int) -> Receipt:
        """What to write down when Odoo gave it `odoo_id`."""
        return Receipt(self.key, odoo_id, self.digest, self.loaded)


@dataclass
class Outcome:
    """What became of a batch: every row of it is in exactly one of the two lists."""

    receipts: list[Receipt] = field(default_factory=list)
    refused: list[SetAside] = field(default_factory=list)

    def __iadd__(self, other: Outcome) -> Outcome:
        self.receipts += other.receipts
        self.refused += other.refused
        return self


def create_isolating(destination: Destination, model: str, rows: Sequence[Row]) -> Outcome:
    """Create all of `rows`; a refused batch is halved until the bad rows stand alone.

    Every row comes back as a receipt or as refused with Odoo's own reason. A lost answer is never
    guessed at: the External IDs are looked up, and only rows without one are sent again.
    """
    if not rows:
        return Outcome()
    try:
        ids = destination.create(
            model, [NewRecord(row.key, row.values, row.files.readers) for row in rows]
        )
    except FileError:
        return _without_lost_files(destination, model, rows)
    except (AlreadyThereError, LostAnswerError):
        return _after_doubt(destination, model, rows)
    except RowError as error:
        if len(rows) == 1:
            return _refused(destination, model, rows[0], error)
        middle = _middle(rows)
        outcome = create_isolating(destination, model, rows[:middle])
        outcome += create_isolating(destination, model, rows[middle:])
        return outcome
    return Outcome([row.receipt(odoo_id) for row, odoo_id in zip(rows, ids, strict=True)])


def _middle(rows: Sequence[Row]) -> int:
    """Where to halve: where a group ends, nearest to the middle; within the only one there is."""
    ends = [
        at
        for at in range(1, len(rows))
        if rows[at].group is None or rows[at].group != rows[at - 1].group
    ]
    middle = len(rows) // 2
    return min(ends, key=lambda at: abs(at - middle), default=middle)


def _without_lost_files(destination: Destination, model: str, rows: Sequence[Row]) -> Outcome:
    """Set the rows aside whose files cannot be read any more, and send the others."""
    outcome, sound = Outcome(), []
    for row in rows:
        try:
            for read in row.files.readers.values():
                read()
            sound.append(row)
        except FileError as error:
            outcome.refused.append(SetAside(row.key, error.code, error.reason, row.key))
    outcome += create_isolating(destination, model, sound)
    return outcome


def _refused(destination: Destination, model: str, row: Row, error: RowError) -> Outcome:
    """Set a row aside, unless it stands in Odoo already.

    A call whose answer was lost may be what now stands in the way: some other unique rule of the
    model (a tag's name, a user's login) can speak before the External ID's.
    """
    found = destination.find_keys(model, [row.key])
    if row.key in found:
        return Outcome([row.receipt(found[row.key])])
    return Outcome(refused=[SetAside(row.key, error.code, error.reason, row.key)])


def _after_doubt(destination: Destination, model: str, rows: Sequence[Row]) -> Outcome:
    """Look up which rows stand in Odoo, and send the others again.

    The call in doubt may still be under way in Odoo. That is no danger: its External IDs and ours
    are the same, and PostgreSQL's unique index lets only one of the two transactions commit.
    """
    found = destination.find_keys(model, [row.key for row in rows])
    outcome = Outcome([row.receipt(found[row.key]) for row in rows if row.key in found])
    outcome += create_isolating(destination, model, [row for row in rows if row.key not in found])
    return outcome


def batches(
    reader: Iterator[pa.RecordBatch], size: int, store: FileStore | None
) -> Iterator[list[Row]]:
    """Rows in batches of about `size`; rows of one group are never parted.

    Files count by their bytes: a batch holds no more than `BATCH_BYTES` of them, or one file.
    """
    pending: list[Row] = []
    pending_bytes = 0
    last_group: int | None = None
    for record_batch in reader:
        columns = [record_batch.column(index).to_pylist() for index in range(6)]
        for key, values, digest, loaded, group, listed in zip(*columns, strict=True):
            files = contents_of(store, listed)
            full = len(pending) >= size and (group is None or group != last_group)
            heavy = pending and pending_bytes + files.size > BATCH_BYTES
            if full or heavy or len(pending) >= 4 * size:
                yield pending
                pending, pending_bytes = [], 0
            pending.append(Row(key, values, digest, loaded, files, group))
            pending_bytes += files.size
            last_group = group
    if pending:
        yield pending
