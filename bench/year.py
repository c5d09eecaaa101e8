# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""A business year on the Stripe simulator while an Odoo server with workers keeps the
books: how many events and documents a second, over real HTTP. See ``dev/year``."""

import time

from machine import database
from story.stage import Stage
from story.stripe_account import SimulatedAccount
from year.year import Year

from .errors import BenchError

SHOWN = 20


def run(arguments):
    """Play, audit and print; returns the closing line.

    :raises BenchError: the books are not those of Stripe
    """
    with Stage(database.unique("q2c_bench"), ("stripe_sim",)) as stage:
        account = SimulatedAccount(stage.simulators.url("stripe_sim"))
        year = Year(stage, account, arguments.customers, _say)
        started = time.perf_counter()
        year.play()
        seconds = time.perf_counter() - started
        audit = year.audit()
        differences = [line for check in audit.checks() for line in check()]
        if differences:
            raise BenchError("\n".join(differences[:SHOWN]))
        return _closing_line(audit, seconds)


def _say(line):
    print(f"   {line}", flush=True)


def _closing_line(audit, seconds):
    documents = audit.documents_count()
    events = audit.odoo.counts()["events"]
    print(f"   {documents} documents by {events} events tie out")
    return (
        f"bench year documents={documents} events={events} seconds={seconds:.0f}"
        f" ours={documents / seconds:.2f} documents/s,"
        f" {events / seconds:.2f} events/s"
    )
