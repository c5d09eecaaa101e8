# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Whether the org tells of the changes that are listened to.

What is selected for Change Data Capture are the records of PlatformEventChannelMember
(https://developer.salesforce.com/docs/platform/api-tooling/references/tooling-objects/tooling-platformeventchannelmember.html).
An org may select five objects without buying more
(https://developer.salesforce.com/docs/platform/change-data-capture/guide/cdc-allocations.html).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ....canonical import Hold
from .. import soql
from ..connector import Connector
from ..pubsub.topic import CHANGES, STANDARD
from ..streams import STREAMS
from .check import HINT, MISSING, OK, Finding
from .look import SEE_ALL, Seen
from .need import CaptureNeed

_MEMBERS = "PlatformEventChannelMember"
_CHANNEL = STANDARD.removeprefix(CHANGES)
# What the topic of one object ends with.
_OWN_TOPIC = "ChangeEvent"
_SELECT = (
    "In Salesforce Setup, Change Data Capture, select the object. Until then its"
    " changes come with the polls."
)


def needs_of(streams: Iterable[str], topics: Iterable[str]) -> list[CaptureNeed]:
    """
    :param streams: codes of the streams that are on
    :param topics: names of what is listened to
    """
    channels = [
        name.removeprefix(CHANGES) for name in topics if name.startswith(CHANGES)
    ]
    found = []
    for code in streams:
        if code not in STREAMS:
            continue
        sobject = STREAMS[code].sobject
        event = f"{sobject}{_OWN_TOPIC}"
        # An object's own topic tells what is selected on the standard channel.
        bringing = {_CHANNEL if channel == event else channel for channel in channels}
        members = {
            _member(channel, event)
            for channel in bringing
            if not channel.endswith(_OWN_TOPIC)
        }
        if members:
            need = CaptureNeed(
                sobject=sobject,
                purpose="Its changes are heard of at once",
                members=tuple(sorted(members)),
            )
            found.append(need)
    return found


def look(connector: Connector) -> frozenset[str] | None:
    """Names of the members of all channels; None where they could not be asked for.

    Of each the name that its record bears, and that which follows from what it
    says: the one may have been chosen freely, the other hold ids.
    """
    fields = ("DeveloperName", "EventChannel", "SelectedEntity")
    query = soql.select(fields, _MEMBERS)
    try:
        answer = connector.call("GET", "tooling/query", "channels", params={"q": query})
    except Hold:
        return None
    return frozenset(
        name
        for row in answer["records"]
        for name in (
            row["DeveloperName"],
            _member(row["EventChannel"], row["SelectedEntity"]),
        )
    )


def check(
    needs: Iterable[CaptureNeed], members: frozenset[str] | None, seen: Seen
) -> Iterator[Finding]:
    """
    :param members: what :func:`look` gave
    """
    needs = list(needs)
    if members is None:
        yield Finding(
            what=_MEMBERS,
            purpose="Seeing which changes are heard of",
            result=HINT,
            remedy="Give the integration user the permission View Setup and"
            " Configuration to have it shown here.",
        )
        return
    told = [need for need in needs if members.intersection(need.members)]
    if needs and not told:
        yield Finding(
            what="Change Data Capture",
            purpose="Changes are heard of at once",
            result=MISSING,
            remedy="No object that is read here is selected: in Salesforce Setup,"
            " Change Data Capture, select those that change most.",
        )
    for need in needs:
        is_told = need in told
        yield Finding(
            what=need.members[0],
            purpose=need.purpose,
            result=OK if is_told else HINT,
            remedy="" if is_told else _SELECT,
        )
    if needs and SEE_ALL not in (seen.permissions or ()):
        yield Finding(
            what="View All Records",
            purpose="Changes are heard of at once",
            result=HINT,
            remedy="Changes of an object are told only to a user with the permission"
            " View All Records of it, or View All Data.",
        )


def _member(channel: str, event: str) -> str:
    """As Salesforce names a member by itself."""
    return f"{channel}_{event}".replace("__", "_")
