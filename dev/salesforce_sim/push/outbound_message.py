# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Outbound messages: the SOAP envelope and its acknowledgement.

Source: SOAP API Developer Guide, "Understanding the Outbound Messaging WSDL". The
session id has been gone since February 2026: the element is nil.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from xml.etree import ElementTree
from xml.sax.saxutils import escape

OUTBOUND = "http://soap.sforce.com/2005/09/outbound"
SOBJECT = "urn:sobject.enterprise.soap.sforce.com"
#: maxOccurs of Notification in the WSDL
MOST_NOTIFICATIONS = 100
HEADERS = {"Content-Type": "text/xml; charset=utf-8", "SOAPAction": '""'}
ENVELOPE = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"'
    ' xmlns:xsd="http://www.w3.org/2001/XMLSchema"'
    ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">\n'
    " <soapenv:Body>\n"
    f'  <notifications xmlns="{OUTBOUND}">\n'
    "   <OrganizationId>{organization}</OrganizationId>\n"
    "   <ActionId>{action}</ActionId>\n"
    '   <SessionId xsi:nil="true"/>\n'
    "   <EnterpriseUrl>{base}/services/Soap/c/60.0/{short}</EnterpriseUrl>\n"
    "   <PartnerUrl>{base}/services/Soap/u/60.0/{short}</PartnerUrl>\n"
    "{notifications}"
    "  </notifications>\n"
    " </soapenv:Body>\n"
    "</soapenv:Envelope>\n"
)


def envelope(org, registration, rows: list[tuple[str, dict]]) -> bytes:
    """``rows``: (notification id, row) of up to 100 records of one object."""
    notifications = "".join(
        _notification(registration, notification_id, row)
        for notification_id, row in rows
    )
    text = ENVELOPE.format(
        organization=org.organization_id,
        action=registration.id,
        base=org.base_url,
        short=org.organization_id[:15],
        notifications=notifications,
    )
    return text.encode()


def _notification(registration, notification_id: str, row: dict) -> str:
    """Empty fields are left out, as Salesforce does."""
    names = dict.fromkeys(("Id", *registration.fields))
    values = "".join(
        f"     <sf:{name}>{escape(_text(row[name]))}</sf:{name}>\n"
        for name in names
        if row.get(name) is not None
    )
    return (
        "   <Notification>\n"
        f"    <Id>{notification_id}</Id>\n"
        f'    <sObject xsi:type="sf:{registration.object}" xmlns:sf="{SOBJECT}">\n'
        f"{values}"
        "    </sObject>\n"
        "   </Notification>\n"
    )


def _text(value) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%dT%H:%M:%S.000Z")
    if isinstance(value, Decimal):
        return f"{value:f}"
    return str(value)


def acknowledged(status: int, body: bytes) -> bool:
    """Only ``<Ack>true</Ack>`` of the right namespace in a 200 ends the retries."""
    if status != 200:
        return False
    try:
        tree = ElementTree.fromstring(body)
    except ElementTree.ParseError:
        return False
    ack = tree.find(f".//{{{OUTBOUND}}}Ack")
    return ack is not None and (ack.text or "").strip() in ("true", "1")
