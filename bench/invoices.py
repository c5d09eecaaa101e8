# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Queued events ``invoice.finalized`` to posted invoices, beside create and post."""

from unittest.mock import patch

from . import books, payloads, report
from .contest import Side
from .scene import Scene

SLOTS = range(1024)


class Ours(Side):
    """The events of the invoices go through a lane: claimed, read, translated, applied,
    compared to the cent, posted, linked, settled, committed."""

    label = "ours"

    def prepare(self, tasks):
        self.scene.queue(self.env, map(payloads.invoice_finalized, tasks))

    def work(self, tasks):
        self.env["q2c.processor"]._run(SLOTS)

    def moves(self):
        """What it entered."""
        bindings = self.env["q2c.binding"].search([("kind", "=", "invoice")])
        return self.env["account.move"].browse(bindings.mapped("res_id"))


class Theirs(Side):
    """Odoo alone: create, post, commit. What the addon hangs on posting is left out."""

    label = "Odoo"

    def __init__(self, scene, registry):
        super().__init__(scene, registry)
        self.ids = []

    def work(self, tasks):
        with without_hooks(self.env):
            self.ids += create_invoices(self.scene, self.env, tasks).ids
            self.env.cr.commit()

    def moves(self):
        """What it entered."""
        return self.env["account.move"].browse(self.ids)


def create_invoices(scene, env, tasks):
    """Posted invoices of ``tasks``, as a program that uses Odoo alone makes them."""
    model = scene.service(env).env["account.move"]
    moves = model.create([scene.invoice_values(env, task) for task in tasks])
    moves.action_post()
    return moves


def without_hooks(env):
    """Context in which the addon does not look whether a CRM is to be told."""
    status = env.registry["q2c.status"]
    return patch.object(status, "_changed_moves", lambda _self, _moves: None)


def run(env, arguments):
    """Measure and print; returns the closing line."""
    scene = Scene(env)
    sides = [Ours(scene, env.registry), Theirs(scene, env.registry)]
    return report.contest("invoices", sides, arguments, check=_check)


def _check(ours, theirs):
    books.require_applied(ours.env)
    books.require_same(ours.moves(), theirs.moves())
    total = sum(ours.moves().mapped("amount_total"))
    return f"{len(ours.moves())} posted invoices of {total:,.2f} on either side"
