"""Whether today's ledger only added to a checkpoint that somebody kept outside (п. 3.3; docs/decisions/0013).

The consistency proof of RFC 9162 leads from the kept root to the newest signed one: whoever rewrote, cut off or began
the ledger anew cannot make one, even with the database, the folder of checkpoints and the key in hand.
"""

from collections.abc import Iterable
from pathlib import Path

from django.db.backends.utils import CursorWrapper

from zachetka.core.russian import counted
from zachetka.ledger import tree, witness
from zachetka.ledger.findings import Report
from zachetka.ledger.proofs import consistency_proof
from zachetka.ledger.signing import is_signed
from zachetka.ledger.tree_check import EVENT

_NEWEST = "SELECT tree_size, root FROM ledger_checkpoint ORDER BY tree_size DESC LIMIT 1"


def check_continuation(
    cursor: CursorWrapper, report: Report, path: Path, *, keys: Iterable[bytes], origin: str
) -> witness.Note | None:
    """Check the ledger against the checkpoint in the file `path`; two queries. Return it when it can be read.

    Args:
        cursor: reads the same snapshot as the rest of the check.
        report: findings go here.
        path: a file of `zachetka export checkpoint`, or a copy from the folder of checkpoints.
        keys: public keys of the history, checked already.
        origin: the name of this ledger.
    """
    try:
        note = witness.read(path)
    except witness.UnreadableNote:
        report.add(f"Файл {path.name} — не контрольная точка или повреждён.")
        return None
    report.witnesses += 1
    told = _difference(cursor, note, keys, origin)
    if told:
        report.add(told, index=note.tree_size)
    return note


def _difference(cursor: CursorWrapper, note: witness.Note, keys: Iterable[bytes], origin: str) -> str:
    """Return what speaks against `note`, "" when the ledger continues it."""
    if not any(is_signed(key, note.signature, note.text) for key in keys) or note.origin != origin:
        return f"Контрольная точка из файла {note.file} подписана не этим журналом: подписи ключом из его истории на ней нет."
    cursor.execute(_NEWEST)
    size, root = cursor.fetchone() or (0, b"")
    if note.tree_size > size:
        return (
            f"В файле {note.file} контрольная точка на {counted(note.tree_size, EVENT)}, а журнал подписан на {size}: "
            "хвост отрезан, восстановлена старая копия или журнал начат заново."
        )
    try:
        proof = consistency_proof(cursor, note.tree_size, size)
    except (LookupError, ValueError):
        return f"Доказать, что журнал продолжает точку из файла {note.file}, нельзя: в дереве недостаёт узлов."
    if not tree.consistent(note.tree_size, size, proof, note.root, bytes(root)):
        return f"Журнал переписан: его начало на {counted(note.tree_size, EVENT)} не то, что подписано в файле {note.file}."
    return ""
