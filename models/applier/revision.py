# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Rule 25: an invoice that was revised is void, and another one takes its place."""

from ...canonical import Ref


def link(batch, moves):
    """Show on each of {item: move} which one it takes the place of, and on that one
    which took its place, whichever of the two comes first."""
    pairs = {
        move: (item.document.revises_id, item.document.revised_by_id)
        for item, move in moves.items()
    }
    invoices = _invoices(batch, {each for pair in pairs.values() for each in pair})
    for move, (older_id, newer_id) in pairs.items():
        if older_id in invoices:
            _point(invoices[older_id], move)
        if newer_id in invoices:
            _point(move, invoices[newer_id])


def _invoices(batch, ids):
    """{id at the provider: account.move} of those that are in the books."""
    refs = {Ref("invoice", each) for each in ids if each}
    bindings = batch.env["q2c.binding"]._resolve(batch.connection, refs)
    moves = batch.env["account.move"]
    return {ref.id: moves.browse(found.res_id) for ref, found in bindings.items()}


def _point(older, newer):
    if newer.q2c_revises_id != older:
        newer.q2c_revises_id = older
    if older.q2c_revised_by_id != newer:
        older.q2c_revised_by_id = newer
