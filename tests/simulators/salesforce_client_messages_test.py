# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Rule 6: what the simulator pushes is understood, and its acknowledgement taken."""

import time
from datetime import datetime, timezone

from quote_to_cash.providers.salesforce import flow_webhook, outbound_message

pytest_plugins = [
    "tests.simulators.salesforce_fixtures",
    "tests.simulators.salesforce_client_fixtures",
]


def test_rule_6_outbound_messages_are_understood_and_acknowledged(
    sim, client, receiver
):
    receiver.answers = [(200, outbound_message.ACKNOWLEDGEMENT)]
    sim.control("outbound", object="Account", url=receiver.url, fields=["Id", "Name"])
    created = sim.rest()("POST", "sobjects/Account", json={"Name": "Told"}).json()
    assert sim.control("deliveries/flush")["pending"] == 0
    [(_, body)] = receiver.received
    client.organization()
    received_at = datetime.now(timezone.utc)
    org = client.session.organization_id
    [hint] = outbound_message.parse(body, org, received_at)
    assert (hint.kind, hint.object_id) == ("customer", created["id"])
    [delivery] = sim.control("deliveries", "GET")["notifications"]
    assert delivery["state"] == "delivered"


def test_rule_6_flow_callouts_are_verified(sim, client, receiver):
    sim.control("flows", object="Account", url=receiver.url, secret="flow secret")
    created = sim.rest()("POST", "sobjects/Account", json={"Name": "Told"}).json()
    sim.control("deliveries/flush")
    headers, body = receiver.received[0]
    client.organization()
    signed = headers[flow_webhook.HEADER]
    flow_webhook.verify(body, signed, ["flow secret"], time.time())
    hint = flow_webhook.parse(body, client.session.organization_id)
    assert (hint.kind, hint.object_id) == ("customer", created["id"])
