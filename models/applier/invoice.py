# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Invoice → customer invoice or credit note."""

from odoo import models
from odoo.fields import Command
from odoo.tools import plaintext2html

from ...canonical import Hold, Ref
from ..engine.rules_applied import rules_of
from ..sync import tie_out
from . import customer_balance, intercompany, revision, rounding, uncollectible
from .currencies import Currencies
from .invoice_lines import InvoiceLines
from .routing import Routing

VOID = "void"
# The states of an invoice in the order in which it goes through them: there is no way
# back. One that was given up may still be paid or voided
# (https://docs.stripe.com/invoicing/overview#invoice-lifecycle).
RANKS = {"draft": 0, "open": 1, "uncollectible": 2, "paid": 3, VOID: 3}
# Of taxes that need no explanation
# (https://docs.stripe.com/api/invoices/line_item, taxes.taxability_reason).
USUAL_REASONS = {"", "standard_rated", "not_available"}
# What a tax is that was charged abroad, and needs no other explanation.
STANDARD = "standard_rated"


class InvoiceApplier(models.AbstractModel):
    _name = "q2c.applier.invoice"
    _inherit = "q2c.applier.booked"
    _description = "Invoice to Customer Invoice"

    _target = "account.move"
    # What makes the lines.
    _lines = InvoiceLines

    # ------------------------------------------------------------------
    # BOOKED OR NOT
    # ------------------------------------------------------------------

    def _is_nothing(self, batch, item, record):
        """A draft is not issued yet; what was voided or has no lines before it came
        here leaves nothing to book."""
        invoice = item.document
        if invoice.status == "draft":
            return True
        return not record and (invoice.status == VOID or not invoice.lines)

    def _remove(self, batch, item, record):
        """Only drafts can be deleted at the provider, and those are not booked."""
        if record and record.state != "cancel":
            raise Hold(
                "booked_but_deleted",
                f"The invoice {record.display_name} was deleted at the provider.",
                "Reverse it by hand if it must not stay, then skip the event.",
            )
        return record

    # ------------------------------------------------------------------
    # WHOSE IT IS
    # ------------------------------------------------------------------

    def _apply(self, batch):
        batch.lookup = Routing(batch)
        return super()._apply(batch)

    def _books(self, batch, item, record):
        name = what(item.document)
        company = record.company_id or self._company(batch, item.document)
        return intercompany.books_for(batch.connection, company, name)

    def _company(self, batch, invoice):
        """What the routing rules say of a new one, else whose it is without them."""
        routed = batch.lookup.target("routed_company_id", invoice)
        return routed or batch.lookup.home(invoice)

    def _check_supported(self, batch, invoice):
        """:raises Hold: ``not_across_companies``"""
        if batch.books == batch.connection:
            return
        holder = batch.connection.company_id.sudo().name  # sudo: who keeps it
        remedy = (
            f"Route it to {holder} by another rule, or book it by hand and skip the "
            "event."
        )
        if self._from_balance(invoice) or invoice.total.amount < 0:
            why = (
                "it changes the customer's balance, which the provider keeps for "
                f"{holder}: what customers are owed is not moved between companies."
            )
            intercompany.refuse(what(invoice), batch.books, why, remedy)
        if any(line.prepaid for line in invoice.lines):
            why = (
                f"it is paid with billing credits, which {holder} has sold: those are "
                "not moved between companies."
            )
            intercompany.refuse(what(invoice), batch.books, why, remedy)

    # ------------------------------------------------------------------
    # BOOK
    # ------------------------------------------------------------------

    def _book(self, batch):
        connection = batch.connection
        currencies = Currencies(
            batch.books, [item.document.currency for item in batch.open_items]
        )
        lines = self._lines(batch)
        values = batch.collect(
            lambda item: self._move_values(batch, item, currencies, lines)
        )
        lines.mappings.keep()
        if not values:
            return
        created = batch.env["account.move"].create(list(values.values()))
        moves = dict(zip(values, created, strict=True))
        tied = self._keep_tied(batch, moves)
        rules_of(batch.env).posted(connection.invoice_posting)
        if tied and connection.invoice_posting == "post":
            created.union(*tied.values())._post(soft=False)
        self._settle(batch, tied)
        batch.bind(tied, origins=tied)
        self._link_revisions(batch, tied)
        uncollectible.write_off(self, batch, tied)

    def _settle(self, batch, moves):
        """Reconcile {item: move} with what the document says about it. What is done
        already is not done again."""
        self._settle_balances(batch, moves)

    def _link_revisions(self, batch, moves):
        revision.link(batch, moves)

    def _settle_balances(self, batch, moves):
        customer_balance.settle(
            batch,
            {move: self._from_balance(item.document) for item, move in moves.items()},
        )

    def _from_balance(self, invoice):
        """What is taken from the customer's credit; negative: added to it."""
        return invoice.balance_applied

    def _keep_tied(self, batch, moves):
        """Those of {item: draft move} that tie out. The others are held, and deleted:
        the journal has not numbered them, and retry makes them anew."""
        tied = batch.of(list(moves)).collect(
            lambda item: self._check_ties(batch.books, item, moves[item])
        )
        loose = [move.id for item, move in moves.items() if item not in tied]
        batch.env["account.move"].browse(loose).unlink()
        return {item: move for item, move in moves.items() if item in tied}

    def _check_ties(self, books, item, move):
        """:raises Hold: ``does_not_tie_out``, ``no_rounding_account``"""
        found = tie_out.of_move(move)
        difference = tie_out.difference(move.env, move.q2c_figures, found)
        if difference and books.rounding_tolerance:
            difference = rounding.settle(books, item.document, move)
        if difference:
            raise Hold(
                "does_not_tie_out",
                f"{what(item.document)} does not tie out: in Odoo {difference}. It was "
                "not booked.",
                "Compare its lines and taxes with the provider's, correct the products "
                "or the taxes that the tax rates are linked to, then retry.",
            )

    # ------------------------------------------------------------------
    # VALUES
    # ------------------------------------------------------------------

    def _move_values(self, batch, item, currencies, lines):
        """Values of a new account.move.

        :raises Wait: it refers to what is not here yet
        :raises Hold: it cannot be booked as it is
        """
        invoice = item.document
        name = what(invoice)
        date = invoice.issued_on or item.occurred_at.date()
        has_taxes = any(line.taxes for line in invoice.lines)
        self._check_supported(batch, invoice)
        self._check_period(batch.books, date, name, sale=True, tax=has_taxes)
        currency = currencies.get_rated(invoice.currency, date, name)
        if not batch.books.rounding_tolerance:
            currencies.check_precise(currency, _amounts(invoice), name)
        if self._from_balance(invoice):
            customer_balance.account(batch.connection, name)
        sign = -1 if invoice.total.amount < 0 else 1
        return {
            "move_type": "out_refund" if sign < 0 else "out_invoice",
            "journal_id": self._journal(batch.books, invoice, lines).id,
            "currency_id": currency.id,
            "invoice_date": date,
            "date": date,
            "invoice_date_due": self._due_on(invoice) or date,
            "invoice_payment_term_id": False,
            # Shown, no more: the taxes are the provider's already.
            "fiscal_position_id": self._fiscal_position(batch, invoice, lines),
            "ref": invoice.number or invoice.id,
            "payment_reference": invoice.number or invoice.id,
            "invoice_line_ids": [
                Command.create(values)
                for line in invoice.lines
                for values in lines.values(invoice, line, currency, sign)
            ],
            "q2c_figures": self._figures(invoice, lines),
            **self._party_values(batch, invoice),
            **self._state_values(invoice),
        }

    def _fiscal_position(self, batch, invoice, lines):
        """Id of what the routing rules say, else of what the tax situation is mapped
        to: the provider's reasons why taxes are not the standard ones at home, and the
        customer's country. False for none."""
        if routed := lines.fiscal_position(invoice):
            return routed.id
        taxes = [tax for line in invoice.lines for tax in line.taxes]
        reasons = sorted({tax.reason for tax in taxes} - USUAL_REASONS)
        customer = batch.record(Ref("customer", invoice.customer_id), "res.partner")
        country = customer.country_id
        if not reasons and self._is_abroad(batch.books, country):
            reasons = [STANDARD] if any(tax.amount for tax in taxes) else []
        if not reasons:
            return False
        key = "+".join(reasons)
        label = ", ".join(reason.replace("_", " ").capitalize() for reason in reasons)
        mapped = lines.mappings.seen(
            "tax_situation",
            f"{key}:{country.code or ''}",
            f"{label} ({country.name})" if country else label,
            country=country.code or "",
        )
        return mapped.id

    def _is_abroad(self, books, country):
        return country and country != books.company_id.account_fiscal_country_id

    def _due_on(self, invoice):
        return invoice.due_on

    def _figures(self, invoice, lines):
        return tie_out.of_document(invoice, lines.rates(invoice))

    def _party_values(self, batch, invoice):
        """Who is billed, and for which deal."""
        customer = batch.record(Ref("customer", invoice.customer_id), "res.partner")
        if not customer:
            raise Hold(
                "no_customer",
                f"{what(invoice)} names no customer.",
                "Invoices need a customer. Post this one by hand, then skip the event.",
            )
        subscription = batch.record(
            Ref("subscription", invoice.subscription_id), "q2c.subscription"
        )
        order = subscription.order_id
        values = {
            "partner_id": customer.address_get(["invoice"])["invoice"],
            "q2c_subscription_id": subscription.id,
            "q2c_trace": invoice.trace or subscription.trace or order.q2c_trace,
            "invoice_user_id": order.user_id.id,
            "invoice_origin": order.name or subscription.name,
        }
        if text := _printed_text(invoice):
            values["narration"] = plaintext2html(text)
        return values

    def _state_values(self, invoice):
        """What may change after the invoice was issued."""
        return {
            "q2c_status": invoice.status,
            "q2c_hosted_url": invoice.hosted_url or False,
            "q2c_pdf_url": invoice.pdf_url or False,
            "q2c_next_attempt": invoice.next_attempt_on or False,
        }

    def _journal(self, books, invoice, lines):
        journal = lines.journal(invoice)
        if not journal:
            raise Hold(
                "no_journal",
                f"The connection {books.name} has no journal for its invoices.",
                "Choose one on the connection's Accounting page, then retry.",
            )
        return journal

    # ------------------------------------------------------------------
    # FOLLOW
    # ------------------------------------------------------------------

    def _follow(self, batch, existing):
        """Nothing of the entries changes but the state. What is void is reversed."""
        rates = self._lines(batch)
        checked = batch.collect(
            lambda item: self._check_unchanged(batch, item, existing[item], rates)
        )
        voided = {
            item: existing[item]
            for item in checked
            if item.document.status == VOID and existing[item].q2c_status != VOID
        }
        uncollectible.undo(self, batch, self._collected(existing, checked))
        self._void(batch, voided)
        self._settle(
            batch,
            {i: existing[i] for i in checked if i.document.status != VOID},
        )
        moves = {item: existing[item] for item in checked}
        self._write_states(moves)
        batch.bind(moves)
        self._link_revisions(batch, moves)
        uncollectible.write_off(self, batch, moves)

    def _collected(self, existing, checked):
        """{move: day} of those that are not given up, or not any more."""
        return {
            existing[item]: self._void_date(item, existing[item])
            for item in checked
            if item.document.status != uncollectible.STATUS
        }

    def _check_unchanged(self, batch, item, move, lines):
        """:raises Hold: ``<kind>_changed``, and why a void cannot be followed"""
        invoice = item.document
        if invoice.status == VOID:
            if move.q2c_status != VOID:
                self._check_voidable(batch, item, move)
            return
        told = self._figures(invoice, lines)
        difference = tie_out.difference(
            move.env, tie_out.of_move(move), told, move.q2c_tolerance
        )
        if difference:
            raise Hold(
                f"{invoice.KIND}_changed",
                f"{what(invoice)} is booked as {move.display_name}, but at the "
                f"provider {difference}.",
                "Issued documents do not change: see who changed which of the two, and "
                "correct the books by a credit note.",
            )

    def _write_states(self, moves):
        """Refresh status and addresses; rule 5: nothing goes back."""
        changed = {}
        for item, move in moves.items():
            values = self._state_values(item.document)
            if not _goes_on(move.q2c_status, item.document.status):
                del values["q2c_status"]
            changed[move] = {
                name: value for name, value in values.items() if move[name] != value
            }
        self._write_grouped(changed)
        told = [
            move
            for move, values in changed.items()
            if {"q2c_status", "q2c_next_attempt"}.intersection(values)
        ]
        if told:
            self.env["q2c.status"]._changed_moves(told[0].union(*told))

    # ------------------------------------------------------------------
    # VOID
    # ------------------------------------------------------------------

    def _check_voidable(self, batch, item, move):
        """:raises Hold: ``period_locked``, ``void_after_credit``"""
        if move.state != "posted":
            return
        has_taxes = bool(move.line_ids.tax_ids)
        name = f"The void: {what(item.document)}"
        date = self._void_date(item, move)
        self._check_period(batch.books, date, name, sale=True, tax=has_taxes)
        credits = move.reversal_move_ids.filtered(lambda entry: entry.state == "posted")
        if credits and move.payment_state != "reversed":
            raise Hold(
                "void_after_credit",
                f"{what(item.document)} is void, but "
                f"{credits[0].display_name} has credited a part of it already.",
                "Credit what is left of it by hand, then skip the event.",
            )

    def _void(self, batch, moves):
        """Undo {item: move}: an entry of its own for what is posted."""
        drafts = [move.id for move in moves.values() if move.state == "draft"]
        posted = {
            move: item
            for item, move in moves.items()
            if move.state == "posted" and move.payment_state != "reversed"
        }
        model = batch.env["account.move"]
        if drafts:
            model.browse(drafts).button_cancel()
        if posted:
            model.union(*posted)._reverse_moves(
                [self._reversal_values(item, move) for move, item in posted.items()],
                cancel=True,
            )
        customer_balance.give_back(
            model.union(*moves.values()),
            {move: self._void_date(item, move) for item, move in moves.items()},
        )

    def _reversal_values(self, item, move):
        date = self._void_date(item, move)
        return {
            "date": date,
            "invoice_date": date,
            "invoice_date_due": date,
            "ref": f"Void of {move.ref or move.name}",
            # The same amounts back: nothing was gained or lost on the currency.
            "invoice_currency_rate": move.invoice_currency_rate,
            "q2c_subscription_id": move.q2c_subscription_id.id,
            "q2c_trace": move.q2c_trace,
        }

    def _void_date(self, item, move):
        """The day on which it was voided, where that is not told the day of the event,
        by the provider's clock; not before the invoice itself."""
        voided_on = getattr(item.document, "voided_on", None)
        return max(voided_on or item.occurred_at.date(), move.date)


def _goes_on(before, after):
    """Whether an invoice that was ``before`` can be ``after``."""
    if before == after or before not in RANKS or after not in RANKS:
        return True
    return RANKS[before] < RANKS[after]


def _amounts(invoice):
    for line in invoice.lines:
        yield line.revenue
        if line.prepaid:
            yield line.prepaid
        yield from (tax.amount for tax in line.taxes)


def _printed_text(invoice):
    """What is printed on it besides its lines."""
    fields = [f"{name}: {value}" for name, value in invoice.custom_fields]
    return "\n".join(filter(None, (*fields, invoice.memo, invoice.footer)))


def what(document):
    """The document, for a person."""
    kind = document.KIND.replace("_", " ")
    name = f"{document.number} ({document.id})" if document.number else document.id
    return f"The {kind} {name}"
