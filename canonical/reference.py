# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Names of things across systems."""

from dataclasses import dataclass

# The kinds of object that travel, in the order in which they depend on each other:
# whatever stands later may refer to whatever stands before it.
KINDS = (
    "tax_rate",
    "product",
    "coupon",
    "price_list",
    "price",
    "customer",
    "contact",
    "contract",
    "lead",
    "opportunity",
    "order",
    "subscription",
    "invoice",
    "balance_transaction",
    "payment",
    "credit_note",
    "refund",
    "dispute",
    "payout",
)


@dataclass(frozen=True, slots=True, order=True)
class Ref:
    """One object of one outside account: its kind and the provider's id for it."""

    kind: str
    id: str

    def __str__(self) -> str:
        return f"{self.kind}:{self.id}"

    @classmethod
    def parse(cls, text: str) -> "Ref":
        """Read back what ``str`` wrote.

        :raises ValueError: when the text has no colon
        """
        kind, separator, identifier = text.partition(":")
        if not separator:
            raise ValueError(f"{text!r} is not a reference of the form kind:id")
        return cls(kind, identifier)
