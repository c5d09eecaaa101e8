# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Saying how two sides differ."""

NOTHING = {}


def compared(verb, told, booked):
    """One sentence for each key whose values differ.

    :param told: {key: what Stripe says}
    :param booked: {key: what Odoo says}
    """
    keys = sorted({*told, *booked}, key=str)
    return [
        f"{_name(key)} {verb} {told.get(key, 'nothing')} at Stripe, "
        f"{booked.get(key, 'nothing')} in Odoo"
        for key in keys
        if told.get(key) != booked.get(key)
    ]


def _name(key):
    return " ".join(map(str, key)) if isinstance(key, tuple) else str(key)


def without_zeros(amounts):
    """Those of {key: amount} that are not nothing."""
    return {key: amount for key, amount in amounts.items() if amount}
