# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Rule 6: outbound messages and flow webhooks are hints, of our own org only."""

import json
from datetime import datetime, timezone
from textwrap import dedent

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree
from quote_to_cash.canonical import Hold, Unverified
from quote_to_cash.providers import signature
from quote_to_cash.providers.salesforce import (
    envelope,
    flow_webhook,
    identifier,
    outbound_message,
)

ORG = "00D24000000LyqB"
ACCOUNT = "001D000000IRFma"
OPPORTUNITY = "006D000000CzT1e"
NOW = datetime(2026, 11, 24, 9, 0, tzinfo=timezone.utc)


def soap(notifications, organization=ORG, prolog=""):
    return dedent(
        f"""\
        <?xml version="1.0" encoding="UTF-8"?>{prolog}
        <soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"
         xmlns:xsd="http://www.w3.org/2001/XMLSchema"
         xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><soapenv:Body>
        <notifications xmlns="http://soap.sforce.com/2005/09/outbound">
        <OrganizationId>{organization}</OrganizationId>
        <ActionId>04kx0000000TN0IAAW</ActionId><SessionId xsi:nil="true"/>
        <EnterpriseUrl>https://x.my.salesforce.com/services/Soap/c/66.0</EnterpriseUrl>
        <PartnerUrl>https://x.my.salesforce.com/services/Soap/u/66.0</PartnerUrl>
        {notifications}
        </notifications></soapenv:Body></soapenv:Envelope>"""
    ).encode()


def notification(number=1, sobject="Opportunity", fields=f"<f:Id>{OPPORTUNITY}</f:Id>"):
    return (
        f"<Notification><Id>04lx000000000{number:02d}AAA</Id>"
        f'<sObject xsi:type="f:{sobject}" '
        f'xmlns:f="urn:sobject.enterprise.soap.sforce.com">{fields}</sObject>'
        "</Notification>"
    )


def test_every_notification_becomes_a_hint():
    body = soap(
        notification(
            1,
            fields=f"<f:Id>{OPPORTUNITY}</f:Id><f:AccountId>{ACCOUNT}</f:AccountId>"
            "<f:SystemModstamp>2026-11-24T08:59:58.000Z</f:SystemModstamp>",
        )
        + notification(2, "Account", f"<f:Id>{ACCOUNT}</f:Id><f:Name>Acme</f:Name>")
    )
    first, second = outbound_message.parse(body, ORG, NOW)
    assert first.external_id == "04lx00000000001AAA"
    assert (first.kind, first.type) == ("opportunity", "Opportunity.changed")
    assert first.object_id == identifier.to_18(OPPORTUNITY)
    assert first.partition == identifier.to_18(ACCOUNT)
    assert first.occurred_at == datetime(2026, 11, 24, 8, 59, 58, tzinfo=timezone.utc)
    assert (second.kind, second.occurred_at) == ("customer", NOW)
    assert second.partition == second.object_id == identifier.to_18(ACCOUNT)
    assert "Acme" not in second.payload
    assert not envelope.open_payload(first.payload, "opportunity").complete


def test_a_repeated_message_gets_the_same_ids():
    body = soap(notification())
    later = NOW.replace(hour=12)
    [once] = outbound_message.parse(body, ORG, NOW)
    [again] = outbound_message.parse(body, ORG, later)
    assert once.external_id == again.external_id


def test_either_length_of_the_organization_id_is_ours():
    body = soap(notification(), identifier.to_18(ORG))
    assert len(outbound_message.parse(body, ORG, NOW)) == 1


@pytest.mark.parametrize(
    ("claimed", "expected"),
    [
        ("00D24000000LyqC", ORG),
        (ORG.swapcase(), ORG),
        ("", ORG),
        ("nonsense", ORG),
        (ORG, ""),
    ],
)
def test_messages_of_another_organization_are_unverified(claimed, expected):
    with pytest.raises(Unverified):
        outbound_message.parse(soap(notification(), claimed), expected, NOW)


def test_unknown_objects_are_kept_without_a_kind():
    body = soap(notification(1, "Case", "<f:Id>500D000000CzT1e</f:Id>"))
    [found] = outbound_message.parse(body, ORG, NOW)
    assert (found.kind, found.type) == ("", "Case.changed")


ENTITY = '<!DOCTYPE x [<!ENTITY org "00D24000000LyqB">]>'
FILE = '<!DOCTYPE x [<!ENTITY org SYSTEM "file:///etc/hostname">]>'
LAUGHS = (
    '<!DOCTYPE x [<!ENTITY a "ha">'
    + "".join(
        f'<!ENTITY {name} "{f"&{before};" * 20}">'
        for before, name in zip("abcdefg", "bcdefgh", strict=True)
    )
    + "]>"
)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{}",
        b"<a/>",
        b"<Envelope><Body/></Envelope>",
        soap(""),
        soap(notification() * 101),
        soap(notification(fields="")),
        soap(notification().replace("<Id>04lx00000000001AAA</Id>", "")),
        soap(notification(fields="<f:Id>no id</f:Id>")),
        soap(notification(), "&org;", ENTITY),
        soap(notification(), "&org;", FILE),
        soap(notification(fields="<f:Id>&h;</f:Id>"), ORG, LAUGHS),
        b" " * (outbound_message.MAX_BYTES + 1),
    ],
    ids=str,
)
def test_nonsense_is_held(body):
    with pytest.raises(Hold) as caught:
        outbound_message.parse(body, ORG, NOW)
    assert caught.value.code in ("malformed", "malformed_id")


def test_the_acknowledgement_is_what_salesforce_expects():
    root = etree.fromstring(outbound_message.ACKNOWLEDGEMENT)
    path = "soap:Body/out:notificationsResponse/out:Ack"
    names = {"soap": outbound_message.SOAP, "out": outbound_message.OUTBOUND}
    assert root.findtext(path, namespaces=names) == "true"


# ----------------------------------------------------------------------
# FLOWS
# ----------------------------------------------------------------------

SECRET = "whsec_of_the_flow"
MESSAGE = {
    "id": "6f0c1b1e-interview",
    "organization_id": ORG,
    "object": "Opportunity",
    "record_id": OPPORTUNITY,
    "time": "2026-11-24T09:00:00Z",
}


def test_a_signed_flow_message_becomes_a_hint():
    body = json.dumps(MESSAGE).encode()
    header = signature.sign(body, SECRET, 1_000)
    flow_webhook.verify(body, header, ["old", SECRET], 1_001)
    found = flow_webhook.parse(body, identifier.to_18(ORG))
    assert found.external_id == f"6f0c1b1e-interview:{found.object_id}"
    assert (found.kind, found.object_id) == (
        "opportunity",
        identifier.to_18(OPPORTUNITY),
    )
    assert found.occurred_at == NOW
    assert not envelope.open_payload(found.payload, "opportunity").complete


@pytest.mark.parametrize(
    ("secrets", "now"), [([], 1000), (["x"], 1000), ([SECRET], 9e9)]
)
def test_an_unsigned_or_old_flow_message_is_unverified(secrets, now):
    body = json.dumps(MESSAGE).encode()
    with pytest.raises(Unverified):
        flow_webhook.verify(body, signature.sign(body, SECRET, 1_000), secrets, now)


def test_a_flow_message_of_another_organization_is_unverified():
    body = json.dumps({**MESSAGE, "organization_id": "00D24000000LyqC"}).encode()
    with pytest.raises(Unverified):
        flow_webhook.parse(body, ORG)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"\xff",
        json.dumps({**MESSAGE, "id": ""}).encode(),
        json.dumps({**MESSAGE, "time": "yesterday"}).encode(),
        json.dumps({**MESSAGE, "time": "2026-11-24T09:00:00"}).encode(),
        json.dumps({**MESSAGE, "record_id": "1"}).encode(),
        json.dumps({**MESSAGE, "object": "Account; --"}).encode(),
        json.dumps({**MESSAGE, "organization_id": 5}).encode(),
        json.dumps({**MESSAGE, "time": "0001-01-01T00:00:00+14:00"}).encode(),
        b"[" * 60_000,
    ],
)
def test_a_malformed_flow_message_is_held(body):
    with pytest.raises(Hold):
        flow_webhook.parse(body, ORG)


@given(st.binary() | st.text().map(str.encode))
def test_no_body_whatever_ends_in_a_crash(body):
    for parse in (
        lambda: outbound_message.parse(body, ORG, NOW),
        lambda: flow_webhook.parse(body, ORG),
    ):
        with pytest.raises((Hold, Unverified)):
            parse()


@given(
    st.fixed_dictionaries(
        {key: st.just(value) | st.text() for key, value in MESSAGE.items()}
    )
)
def test_no_flow_message_whatever_ends_in_a_crash(message):
    try:
        found = flow_webhook.parse(json.dumps(message).encode(), ORG)
    except (Hold, Unverified):
        return
    assert found.object_id == identifier.to_18(message["record_id"])
