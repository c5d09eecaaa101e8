# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""``dev/bench``: set the machine up and measure what the addon costs.

    dev/bench invoices                 queued events to posted invoices, beside Odoo's
                                       own create and post of the same invoices
    dev/bench payments                 queued events to reconciled payments, beside
                                       Odoo's own create, post and reconcile
    dev/bench matching                 candidates of customers among 100,000 partners,
                                       beside plain searches for their tax ids, e-mail
                                       addresses, names and telephone numbers
    dev/bench load                     accounts and contacts of the Salesforce simulator
                                       to partners, by bulk jobs and lanes, beside
                                       Odoo's own create of the same partners
    dev/bench load --accounts 2000     a quick look, as is the next
    dev/bench invoices --records 200 --rounds 1
    dev/bench year --customers 1000    a year of customers on the Stripe simulator,
                                       over HTTP to a server with workers

In the first two, both sides take turns at batches of 100 in one database, with the same
rights, partners, lines and taxes and with real commits; at the end their journal items
must be equal.
Trust the ratio: records a second depend on the machine and on what else it does, which
may hit one side of a turn. The last line is therefore about the middle half of all
turns, by their ratio: "bench NAME ratio=R ours=X theirs=Y records/s", where X and Y are
the rates of those turns, and R is X / Y.

A year ends with an audit: every figure of Odoo's must be Stripe's, to the cent. Its
last line is "bench year documents=N events=M seconds=S ours=X documents/s, Y events/s".
Documents are Stripe's invoices, charges, refunds, credit notes, disputes and payouts.
The time is that of the whole play: simulator, HTTP, Odoo's lanes, and the accountant's
work every four weeks.
"""

import argparse
import importlib
import os
import sys

from machine import database, odoo
from machine.settings import SetupError
from story.waiting import StoryError

from .errors import BenchError

# Those that run inside an Odoo process, and those that start one.
INSIDE = ("invoices", "payments", "matching", "load")
OUTSIDE = ("year",)


def main():
    """Run what the command line asks for; returns the exit code."""
    arguments = _arguments()
    try:
        print(_measured(arguments), flush=True)
    except (BenchError, SetupError, StoryError) as error:
        print(f"dev/bench: {error}", file=sys.stderr)
        return 1
    return 0


def _arguments():
    parser = argparse.ArgumentParser(
        prog="dev/bench",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("name", choices=(*INSIDE, *OUTSIDE))
    parser.add_argument(
        "--records",
        type=_positive,
        default=500,
        help="a round, for each side, in batches of 100 (500)",
    )
    parser.add_argument("--rounds", type=_positive, default=3, help="how many (3)")
    parser.add_argument(
        "--partners",
        type=_positive,
        default=100_000,
        help="of matching: among how many candidates are looked for (100000)",
    )
    parser.add_argument(
        "--accounts",
        type=_positive,
        default=100_000,
        help="of load, with two contacts each (100000)",
    )
    parser.add_argument(
        "--odoo-every",
        type=_positive,
        help="of load: Odoo takes one turn in so many (1; with many accounts 10)",
    )
    parser.add_argument(
        "--customers",
        type=_positive,
        default=60,
        help="of the year, besides those that are planted to be held (60)",
    )
    parser.add_argument(
        "--profile",
        metavar="FILE",
        help="write cProfile's figures of one of our batches",
    )
    return parser.parse_args()


def _positive(text):
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{text} is less than one")
    return number


def _measured(arguments):
    """The closing line, measured on a database that is dropped afterwards."""
    if arguments.name in OUTSIDE:
        print(f"== {arguments.name}", flush=True)
        return importlib.import_module(f"bench.{arguments.name}").run(arguments)
    name = database.create(database.unique("q2c_bench"), database.addon_template())
    try:
        return _in_odoo(name, arguments)
    finally:
        database.drop(name)


def _in_odoo(name, arguments):
    """Make an Odoo process of this one, without server or scheduled actions."""
    os.environ.update(odoo.environment())
    options = ["-c", str(odoo.configuration()), "-d", name, "--no-http"]
    # First of all: it patches the libraries that Odoo uses.
    importlib.import_module("odoo.init")
    from odoo import SUPERUSER_ID, api
    from odoo.modules.registry import Registry
    from odoo.tools import config

    config.parse_config([*options, "--log-level", "error"], setup_logging=True)
    with Registry(name).cursor() as cursor:
        benchmark = importlib.import_module(f"bench.{arguments.name}")
        env = api.Environment(cursor, SUPERUSER_ID, {})
        print(f"== {arguments.name}", flush=True)
        return benchmark.run(env, arguments)
