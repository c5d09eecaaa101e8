# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""``dev/demo``: set the machine up and play one deal from Salesforce to the books.

    dev/demo           play; Odoo and the stand-ins keep running to look around in
    dev/demo --stop    end what runs

Every run starts over with a new database. Amounts and states are checked on the way;
the exit code is 1 where something is off. In the place of the simulators, real services
are used where the environment names them:

"""

import argparse
import sys
import time

import requests
import stripe
from machine import ports, settings
from machine.settings import SetupError

from . import queues, running, services
from .deal import brasserie
from .odoo_client import LOGIN, PASSWORD
from .screen import Screen
from .stage import Stage
from .story import Story
from .trials import Trials
from .waiting import StoryError, check

PROBLEMS = (StoryError, SetupError, requests.RequestException, stripe.StripeError)

FAULTS_SHOWN = 10


def main():
    """Run what the command line asks for; returns the exit code."""
    arguments = _arguments()
    ended = running.stop()
    if arguments.stop:
        print(f"ended: {', '.join(ended)}" if ended else "nothing was running")
        return 0
    try:
        stage = _started()
    except PROBLEMS as problem:
        print(f"dev/demo: {problem}", file=sys.stderr)
        return 1
    return _played(stage)


def _arguments():
    parser = argparse.ArgumentParser(
        prog="dev/demo",
        description=__doc__ + services.__doc__.split("\n\n", 1)[1],
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--stop", action="store_true", help="end what runs")
    return parser.parse_args()


def _started():
    print("-- starting Odoo and the stand-ins", flush=True)
    # The cluster may be shared with other checkouts.
    name = f"q2c_demo_{settings.workspace().name[:6]}"
    port = ports.free_from(settings.http_port())
    stage = Stage(name, services.simulated_names(), http_port=port).start()
    running.remember(stage.processes())
    return stage


def _played(stage):
    try:
        _play(stage)
    except PROBLEMS as problem:
        _explain(stage, problem)
        return 1
    except KeyboardInterrupt:
        running.stop()
        return 130
    finally:
        _say_where(stage)
    return 0


def _play(stage):
    org = services.salesforce_org(stage.simulators)
    account = services.stripe_account(stage.simulators)
    # In an organisation that stays, every run has records of its own.
    stays = not (org.is_simulated and account.is_simulated)
    suffix = f" {int(time.time())}" if stays else ""
    story = Story(stage.client(), org, account, brasserie(suffix))
    trials = Trials(story)
    steps = [*story.steps(), *trials.steps()]
    story.screen = trials.screen = Screen(len(steps))
    for title, act in steps:
        story.screen.step(title)
        act()
    check(not stage.faults(), f"Odoo logged errors: {stage.faults()}")
    _sum_up(story)


def _sum_up(story):
    chain = (
        f"Opportunity {story.ids['opportunity']}",
        story.order["name"],
        story.stripe["subscription"],
        story.stripe["invoice"],
        story.move["name"],
        story.stripe["payment"],
        story.payment["name"],
    )
    print("\n" + " -> ".join(chain))
    print("Everything agrees to the cent.")


def _explain(stage, problem):
    print(f"\ndev/demo: {problem}", file=sys.stderr)
    try:
        for sentence in queues.unsettled(stage.client()):
            print(f"  - {sentence}", file=sys.stderr)
    except (StoryError, requests.RequestException) as silence:
        print(f"  Odoo's sync log cannot be read: {silence}", file=sys.stderr)
    for fault in stage.faults()[:FAULTS_SHOWN]:
        print(f"  Odoo's log: {fault}", file=sys.stderr)
    print(f"  log: {stage.server.log}", file=sys.stderr)


def _say_where(stage):
    print(f"\nOdoo:  {stage.server.url}/odoo   login {LOGIN} / {PASSWORD}")
    for name in stage.names:
        print(f"{name}:  {stage.simulators.url(name)}")
    print("dev/demo --stop ends them.", flush=True)
