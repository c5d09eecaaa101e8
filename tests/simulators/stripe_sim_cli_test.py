# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Stripe's own command line (npm: @stripe/cli) drives the simulator.

Its recipes are sequences of requests that somebody else wrote.
"""

import os
import shutil
import subprocess

import pytest

pytest_plugins = ["tests.simulators.stripe_fixtures"]

RECIPES = (
    "charge.failed charge.refunded charge.succeeded coupon.created customer.created"
    " customer.deleted customer.subscription.created customer.subscription.deleted"
    " customer.subscription.trial_will_end customer.subscription.updated"
    " customer.updated invoice.created invoice.deleted invoice.finalized"
    " invoice.marked_uncollectible invoice.paid invoice.payment_failed"
    " invoice.payment_succeeded invoice.updated invoice.voided invoiceitem.created"
    " payment_intent.canceled payment_intent.created payment_intent.payment_failed"
    " payment_intent.succeeded payment_method.attached payment_method.detached"
    " price.created product.created tax_rate.created"
).split()


@pytest.fixture(scope="session")
def stripe_cli(tmp_path_factory):
    """A function (arguments) -> finished process; its home is a temporary folder."""
    command = shutil.which("stripe")
    assert command, "dev/package.json brings Stripe's command line: use dev/test."
    home = str(tmp_path_factory.mktemp("stripe_cli"))
    environment = {**os.environ, "HOME": home, "XDG_CONFIG_HOME": home}
    # It would wait for the outside world otherwise.
    environment["STRIPE_CLI_TELEMETRY_OPTOUT"] = "1"

    def run(*arguments):
        return subprocess.run(
            [command, *arguments],
            env=environment,
            capture_output=True,
            text=True,
            timeout=60,
        )

    return run


@pytest.mark.parametrize("event", RECIPES)
def test_a_recipe_of_the_cli_brings_its_event(stripe_sim, stripe_cli, event):
    key = "sk_test_simulated"
    done = stripe_cli("trigger", event, "--api-key", key, "--api-base", stripe_sim.url)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Trigger succeeded" in done.stdout + done.stderr
    found = stripe_sim.raw("GET", f"/v1/events?type={event}", key=key).json()
    assert found["data"], f"{event} was not emitted"
