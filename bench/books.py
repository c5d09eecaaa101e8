# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Whether both sides entered the same."""

from collections import Counter

from .errors import require


def entries(moves):
    """How often each journal item is there, among posted ones only."""
    return Counter(
        (
            line.partner_id.id,
            line.account_id.id,
            line.tax_line_id.id,
            tuple(line.tax_ids.ids),
            line.debit,
            line.credit,
        )
        for line in moves.line_ids
        if line.parent_state == "posted"
    )


def require_same(ours, theirs):
    """Both, recordsets of account.move, say the same.

    :raises BenchError: they do not
    """
    require(len(ours) == len(theirs), f"{len(ours)} entries beside {len(theirs)}")
    found, expected = entries(ours), entries(theirs)
    require(found == expected, f"journal items differ: {found - expected}")


def require_applied(env):
    """Every event in the inbox was applied.

    :raises BenchError: naming one that was not
    """
    left = env["q2c.event"].search([("state", "!=", "done")], limit=1)
    require(
        not left,
        f"{left.external_id} is {left.state}: {left.message}\n{left.traceback or ''}",
    )
