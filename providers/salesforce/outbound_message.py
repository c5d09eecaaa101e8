# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Outbound messages: SOAP notifications that a record changed.

They are delivered at least once, in no order, for 24 hours, and carry no session id any
more; what they say of the record is not used, the record is read. Format: "Outbound
Messaging WSDL"
(https://developer.salesforce.com/docs/atlas.en-us.api.meta/api/sforce_api_om_outboundmessaging_wsdl.htm).
"""

from __future__ import annotations

from datetime import datetime

from lxml import etree

from ...canonical import Envelope, Hold
from . import organization
from .envelope import hint
from .moment import parse_datetime

SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
OUTBOUND = "http://soap.sforce.com/2005/09/outbound"
XSI_TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"
CONTENT_TYPE = "text/xml; charset=utf-8"
# The only answer that Salesforce takes for delivered; give it after the commit.
ACKNOWLEDGEMENT = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    f'<soapenv:Envelope xmlns:soapenv="{SOAP}"><soapenv:Body>'
    f'<notificationsResponse xmlns="{OUTBOUND}"><Ack>true</Ack></notificationsResponse>'
    "</soapenv:Body></soapenv:Envelope>"
).encode()
# A message holds up to 100 notifications (maxOccurs in the WSDL), each with the fields
# that the administrator chose: 40 KB for each is far above what fields can hold.
MAX_BYTES = 4 * 1024 * 1024
MAX_NOTIFICATIONS = 100


def parse(
    body: bytes, organization_id: str, received_at: datetime
) -> tuple[Envelope, ...]:
    """One hint for each notification.

    :param organization_id: the org that the connection belongs to, 15 or 18 characters
    :param received_at: aware; when nothing in the message tells when it happened
    :raises Unverified: of another organization
    :raises Hold: ``malformed``
    """
    root = _parse_xml(body)
    notifications = root.find(f"{{{SOAP}}}Body/{{{OUTBOUND}}}notifications")
    if notifications is None:
        raise _malformed("it is no outbound message")
    organization.check(_text(notifications, "OrganizationId"), organization_id)
    found = notifications.findall(f"{{{OUTBOUND}}}Notification")
    if not 0 < len(found) <= MAX_NOTIFICATIONS:
        raise _malformed(f"it has {len(found)} notifications")
    return tuple(_envelope(notification, received_at) for notification in found)


def _parse_xml(body: bytes) -> etree._Element:
    if len(body) > MAX_BYTES:
        raise _malformed("it is too long")
    parser = etree.XMLParser(
        resolve_entities=False,
        load_dtd=False,
        dtd_validation=False,
        no_network=True,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(body, parser)
    except (etree.XMLSyntaxError, ValueError):
        raise _malformed("it is no XML") from None
    if root.getroottree().docinfo.internalDTD is not None:
        raise _malformed("it declares a document type")
    return root


def _envelope(notification: etree._Element, received_at: datetime) -> Envelope:
    record = notification.find(f"{{{OUTBOUND}}}sObject")
    notification_id = _text(notification, "Id")
    if record is None or not notification_id:
        raise _malformed("a notification has no id or no record")
    # The namespaces of a record's fields depend on the WSDL; their names do not.
    values = {
        etree.QName(child).localname: (child.text or "").strip() for child in record
    }
    sobject = record.get(XSI_TYPE, "").rpartition(":")[2]
    if not sobject or not values.get("Id"):
        raise _malformed("a record has no type or no id")
    changed = values.get("SystemModstamp") or values.get("LastModifiedDate")
    return hint(
        external_id=notification_id,
        sobject=sobject,
        record_id=values["Id"],
        account_id=values.get("AccountId", ""),
        occurred_at=parse_datetime(changed) if changed else received_at,
        origin="outbound_message",
    )


def _text(parent: etree._Element, name: str) -> str:
    return (parent.findtext(f"{{{OUTBOUND}}}{name}") or "").strip()


def _malformed(complaint: str) -> Hold:
    return Hold(
        "malformed",
        f"The message was not understood: {complaint}.",
        "Check which system sends to this address; Salesforce outbound messages only.",
    )
