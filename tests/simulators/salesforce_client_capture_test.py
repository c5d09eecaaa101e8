# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Whether an org tells of the changes that are listened to."""

import pytest
from quote_to_cash.providers.salesforce.preflight import capture
from quote_to_cash.providers.salesforce.preflight import check as checks
from quote_to_cash.providers.salesforce.preflight.look import look
from quote_to_cash.providers.salesforce.streams import STREAMS

from tests.simulators.salesforce_client_fixtures import USER

pytest_plugins = [
    "tests.simulators.salesforce_fixtures",
    "tests.simulators.salesforce_client_fixtures",
]
ALL, OWN, CUSTOM = "/data/ChangeEvents", "/data/AccountChangeEvent", "/data/Sales__chn"


@pytest.fixture
def findings(client):
    def findings(*topics, streams=STREAMS):
        needs = capture.needs_of(streams, topics or [ALL])
        session = client.session or client.sign_in()
        seen = look(client.connector, (), session.user_id)
        found = capture.check(needs, capture.look(client.connector), seen)
        return {one.what: one for one in found}

    return findings


def results(found):
    return {what: one.result for what, one in found.items()}


def test_with_nothing_selected_nothing_can_be_heard(findings):
    found = findings()
    assert found["Change Data Capture"].result == checks.MISSING
    assert "Setup" in found["Change Data Capture"].remedy
    assert results(found)["ChangeEvents_AccountChangeEvent"] == checks.HINT
    assert len(found) == 1 + len(STREAMS)


def test_each_object_that_is_selected_is_told_of(sim, findings):
    sim.control("bus/capture", objects=["Account", "Opportunity"])
    found = results(findings())
    assert found["ChangeEvents_AccountChangeEvent"] == checks.OK
    assert found["ChangeEvents_OpportunityChangeEvent"] == checks.OK
    assert found["ChangeEvents_ContactChangeEvent"] == checks.HINT
    assert "Change Data Capture" not in found


def test_only_what_is_read_and_listened_to_is_looked_for(sim, findings):
    sim.control("bus/capture", objects=["Account"])
    assert set(findings(OWN)) == {"ChangeEvents_AccountChangeEvent"}
    assert set(findings(streams=["product"])) == {
        "Change Data Capture",
        "ChangeEvents_Product2ChangeEvent",
    }
    assert findings("/event/Deal__e") == {}


def test_a_custom_channel_has_selections_of_its_own(sim, findings):
    sim.control("bus/capture", objects=["Contact"])
    sim.control("bus/capture", objects=["Account"], channel="Sales__chn")
    found = results(findings(CUSTOM, streams=["account", "contact"]))
    assert found == {
        "Sales_chn_AccountChangeEvent": checks.OK,
        "Sales_chn_ContactChangeEvent": checks.HINT,
    }


def test_a_user_who_does_not_see_everything_is_told_what_is_needed(sim, findings):
    sim.control("bus/capture", objects=["Account"])
    sim.control("permissions", user=USER, ViewAllData=False)
    found = findings()
    assert found["View All Records"].result == checks.HINT
    assert "ChangeEvents_AccountChangeEvent" in found


def test_what_cannot_be_looked_at_says_so(sim, findings):
    sim.control("permissions", user=USER, ViewSetup=False)
    found = findings()
    assert set(results(found).values()) == {checks.HINT}
    assert "View Setup" in found["PlatformEventChannelMember"].remedy
