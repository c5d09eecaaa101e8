# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Entries that move an amount from one account to another."""

from odoo.fields import Command


def values(batch, amounts, accounts, *, currency, date, name, ref, **more):
    """Values of an entry that debits the first of ``accounts`` and credits the second;
    a negative amount exchanges the sides.

    :param amounts: (in ``currency``, in the company's currency), floats of major units;
        None for the second: at the rate of ``date``
    :param name: label of the items
    :param more: further values; ``partner_id`` is the items', too
    """
    amount, balance = amounts
    company = batch.books.company_id
    if balance is None:
        balance = currency._convert(amount, company.currency_id, company, date)
    return {
        "move_type": "entry",
        "journal_id": batch.books._entry_journal().id,
        "date": date,
        "ref": ref,
        "currency_id": currency.id,
        "line_ids": [
            Command.create(
                {
                    "name": name,
                    "account_id": account.id,
                    "partner_id": more.get("partner_id"),
                    "currency_id": currency.id,
                    "amount_currency": sign * amount,
                    "balance": sign * balance,
                }
            )
            for sign, account in zip((1, -1), accounts, strict=True)
        ],
        **more,
    }


def post(batch, entries):
    """{key: posted entry} of {key: values}, in one go."""
    moves = batch.env["account.move"].create(list(entries.values()))
    if moves:
        moves._post(soft=False)
    return dict(zip(entries, moves, strict=True))
