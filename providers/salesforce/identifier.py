# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Record ids: 15 case-sensitive characters, or 18 with a checksum of their case.

The checksum is that of the formula function CASESAFEID: each block of five characters
yields one more, whose bits say which of the five are upper case. Salesforce Help gives
the algorithm under converting 15-character ids to 18 characters.
"""

import re

from ...canonical import Hold

_SHAPE = re.compile(r"[A-Za-z0-9]{15}(?:[A-Z0-5]{3})?")
_CHECK_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"
_BLOCKS = (0, 5, 10)

# Key prefixes of standard objects; they are the same in every org. Source: Salesforce's
# knowledge article 000005995, a decoder of record id prefixes.
SOBJECT_OF_PREFIX = {
    "001": "Account",
    "003": "Contact",
    "005": "User",
    "006": "Opportunity",
    "00D": "Organization",
    "00G": "Group",
    "00Q": "Lead",
    "00k": "OpportunityLineItem",
    "01s": "Pricebook2",
    "01t": "Product2",
    "01u": "PricebookEntry",
    "0Q0": "Quote",
    "0QL": "QuoteLineItem",
    "500": "Case",
    "701": "Campaign",
    "800": "Contract",
    "801": "Order",
    "802": "OrderItem",
}


def to_18(identifier: str) -> str:
    """``identifier`` (15 or 18 characters) with its checksum.

    :raises Hold: ``malformed_id``, when it is no id or its checksum is wrong
    """
    if not isinstance(identifier, str) or not _SHAPE.fullmatch(identifier):
        raise _malformed(identifier, "is not a Salesforce record id")
    complete = identifier[:15] + _checksum(identifier[:15])
    if len(identifier) == 18 and identifier != complete:
        raise _malformed(identifier, "does not match its own checksum")
    return complete


def optional(identifier: str | None) -> str:
    """As ``to_18``; an empty lookup stays empty."""
    return to_18(identifier) if identifier else ""


def same(one: str, other: str) -> bool:
    """Whether both name the same record, however long they are written.

    Letters that differ in case make different ids.

    :raises Hold: ``malformed_id``
    """
    return to_18(one) == to_18(other)


def sobject_of(identifier: str) -> str:
    """API name of the object that ``identifier`` belongs to, by its prefix; empty for
    custom and unlisted objects. Tells polymorphic lookups (Owner, What) apart.

    :raises Hold: ``malformed_id``
    """
    return SOBJECT_OF_PREFIX.get(to_18(identifier)[:3], "")


def recognize(text: str, sobject: str) -> str:
    """``text`` with 18 characters, where it is the id of a record of ``sobject``, else
    empty: it was found where anything might stand."""
    if not _SHAPE.fullmatch(text) or SOBJECT_OF_PREFIX.get(text[:3]) != sobject:
        return ""
    complete = text[:15] + _checksum(text[:15])
    return complete if text in (complete, complete[:15]) else ""


def _checksum(identifier: str) -> str:
    return "".join(
        _CHECK_ALPHABET[
            sum(
                1 << position
                for position, letter in enumerate(identifier[start : start + 5])
                if "A" <= letter <= "Z"
            )
        ]
        for start in _BLOCKS
    )


def _malformed(identifier: object, complaint: str) -> Hold:
    return Hold(
        "malformed_id",
        f"{str(identifier)[:40]!r} {complaint}.",
        "Look the record up in Salesforce and correct the id where it was entered;"
        " upper and lower case letters are different.",
    )
