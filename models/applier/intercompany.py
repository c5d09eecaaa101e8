# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What the holder of an account receives, or gives back, for its further companies: in
the holder's books a part of the payment, due to the company; in the company's books an
entry that mirrors it, due from the holder, and settles the invoice."""

from typing import Any, NamedTuple

from odoo.fields import Command

from ...canonical import Hold, Money
from ..sync.tie_out import minor_units
from . import payment_lines
from .payment_lines import Portion


class Leg(NamedTuple):
    """``move``: of the holder. ``entity``: whose books mirror it. ``portions``: what is
    on the other side there, in ``currency``. ``sign``: 1 where the holder received it,
    else -1."""

    move: Any
    entity: Any
    currency: Any
    portions: list
    sign: int
    name: str


# ----------------------------------------------------------------------
# MAY IT BE BOOKED
# ----------------------------------------------------------------------


def books_for(connection, company, what):
    """Whose settings ``what`` goes by in ``company``.

    :raises Hold: ``company_not_served``, ``no_company_access``, ``entity_incomplete``
    """
    if company == connection.company_id:
        return connection
    check_served(connection, company, what)
    entity = connection._books_of(company)
    name = company.sudo().name  # sudo: what it is called
    missing = entity._missing()
    if missing:
        raise Hold(
            "entity_incomplete",
            f"{what} belongs in {name}, for which the connection {connection.name} "
            f"lacks: {', '.join(missing)}.",
            "Choose it on the connection's Companies page, or let Set Up create it; "
            "then retry.",
        )
    return entity


def check_served(connection, company, what):
    """
    :raises Hold: ``company_not_served``, ``no_company_access``
    """
    # sudo: what companies are called, and whose the user may see
    name = company.sudo().name
    if company not in connection._named_companies():
        raise Hold(
            "company_not_served",
            f"{what} belongs in {name}, which is not among the further companies of "
            f"the connection {connection.name}.",
            "Add it on the connection's Companies page, or change the routing rule; "
            "then retry.",
        )
    if company not in connection.user_id.sudo().company_ids:
        raise Hold(
            "no_company_access",
            f"{what} belongs in {name}, to which the service user "
            f"{connection.user_id.name} has no access.",
            f"Add {name} to the companies of that user, then retry.",
        )


def refuse(what, books, why, remedy):
    """:raises Hold: ``not_across_companies``"""
    raise Hold(
        "not_across_companies",
        f"{what} of {books.company_id.name} cannot be booked: {why}",
        remedy,
    )


def check(applier, batch, companies, date, currencies, code, what):
    """Entries on ``date`` in ``code`` must be possible in each of ``companies``.

    :param currencies: Currencies of the batch
    :raises Hold: see :func:`books_for`; ``period_locked``, ``rate_missing``
    """
    for company in companies - batch.connection.company_id:
        books = books_for(batch.connection, company, what)
        applier._check_period(books, date, what)
        currencies.of(books).get_rated(code, date, what)


# ----------------------------------------------------------------------
# THE HOLDER'S SIDE
# ----------------------------------------------------------------------


def shares(connection, payment):
    """{entity: Money} that the posted account.payment ``payment`` was received for."""
    found, code = {}, payment.currency_id.name
    for entity in connection.entity_ids:
        items = payment.move_id.line_ids.filtered(
            lambda line, entity=entity: line.account_id == entity.due_to_account_id
        )
        amount = minor_units(abs(sum(items.mapped("amount_currency"))), code)
        if amount:
            found[entity] = Money(amount, code)
    return found


def refunded(connection, payment, amount, what):
    """What of ``amount`` is given back for whom: {entity: Money}, empty where all of it
    is the holder's own.

    :raises Hold: ``not_across_companies``, where nobody can tell
    """
    received = shares(connection, payment)
    if not received:
        return {}
    code = payment.currency_id.name
    whole = Money(minor_units(payment.amount, code), code)
    if amount == whole:
        return received
    if len(received) == 1 and whole in received.values():
        return dict.fromkeys(received, amount)
    raise Hold(
        "not_across_companies",
        f"{what} gives back a part of {payment.display_name}, which was paid for "
        "invoices of several companies: whose part it is, is not told.",
        "Book it by hand, in each company what is its own, then skip the event.",
    )


# ----------------------------------------------------------------------
# THE OTHER SIDE
# ----------------------------------------------------------------------


def owed(move, amount):
    """What ``amount`` (Money) settles of an invoice, or of what has paid one."""
    item = payment_lines.receivables(move)[:1]
    return Portion(amount, item.account_id.id, item.partner_id.id)


def mirror(batch, legs):
    """Book each of ``legs`` in the books of its entity.

    :return: {number of the leg: its posted entry}
    """
    found, by_entity = {}, {}
    for number, leg in enumerate(legs):
        by_entity.setdefault(leg.entity, []).append(number)
    for entity, numbers in by_entity.items():
        there = batch.into(entity)
        values = [_values(there, legs[number]) for number in numbers]
        entries = there.env["account.move"].create(values)
        entries._post(soft=False)
        found |= zip(numbers, entries.with_env(batch.env), strict=True)
    return found


def _values(batch, leg):
    company, move, currency = leg.entity.company_id, leg.move, leg.currency
    total = Money.total([p.amount for p in leg.portions], currency.name)
    balance = currency._convert(float(total), company.currency_id, company, move.date)
    holder = leg.entity.holder_id.sudo().partner_id  # sudo: who owes
    due_from = Portion(total, leg.entity.due_from_account_id.id, holder.id)
    balances = payment_lines.balances(company.currency_id, balance, leg.portions)
    sides = [(leg.sign, due_from, balance)]
    sides += [
        (-leg.sign, part, amount)
        for part, amount in zip(leg.portions, balances, strict=True)
    ]
    return {
        "move_type": "entry",
        "journal_id": leg.entity.entry_journal_id.id,
        "date": move.date,
        "ref": leg.name,
        "currency_id": currency.id,
        "q2c_trace": move.q2c_trace or move.origin_payment_id.q2c_trace,
        "q2c_mirrored_move_id": move.id,
        "line_ids": [
            Command.create(
                {
                    "name": leg.name,
                    "account_id": part.account_id,
                    "partner_id": part.partner_id,
                    "currency_id": currency.id,
                    "amount_currency": sign * float(part.amount),
                    "balance": sign * amount,
                    "date_maturity": move.date,
                }
            )
            for sign, part, amount in sides
        ],
    }


def mirrors(moves):
    """The entries in other companies that mirror ``moves`` of a holder."""
    # sudo: which entries those are, is for all to use who may reconcile
    return moves.sudo().q2c_mirror_ids.with_env(moves.env)


def reverse_mirrors(batch, reversals):
    """What mirrors the reversed entries is reversed as well, at its own rate.

    :param reversals: {move of a holder: (the entry that reverses it, the day)}
    """
    for move, (reversal, date) in reversals.items():
        for entry in mirrors(move):
            there = batch.into(batch.connection._books_of(entry.company_id))
            entry = entry.with_env(there.env)
            payment_lines.receivables(entry).remove_move_reconcile()
            back = entry._reverse_moves(
                [
                    {
                        "date": date,
                        "ref": reversal.ref,
                        "q2c_trace": entry.q2c_trace,
                        "q2c_mirrored_move_id": reversal.id,
                    }
                ]
            )
            back.with_context(move_reverse_cancel=True)._post(soft=False)
