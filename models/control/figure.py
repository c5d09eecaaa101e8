# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What an object counts for, at the provider or in Odoo."""

from dataclasses import dataclass

from ...canonical import Money


@dataclass(frozen=True)
class Figure:
    """``amount``: None for what is no money. ``note``: why it is in Odoo, but not in
    the books; empty where it is.

    None stands for what does not count: a draft, what was voided, what failed.
    """

    amount: Money | None = None
    note: str = ""

    @property
    def currency(self) -> str:
        return self.amount.currency if self.amount is not None else ""

    @property
    def minor(self) -> int:
        return self.amount.amount if self.amount is not None else 0


def same(told, booked):
    """Whether two figures, either of which may be None, say the same."""
    if told is None or booked is None:
        return told is booked
    return not booked.note and told.amount == booked.amount
