# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Which version of the API is spoken."""

from __future__ import annotations

import re
from collections.abc import Iterable

import requests

from ...canonical import Hold
from .session import origin
from .transport import TIMEOUT, Transport

# Spring '26. A version is supported for at least three years from its release
# (https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/api_rest_eol.htm),
# so this one until 2029 at the earliest.
API_VERSION = "66.0"
# Spring '24: the oldest that this addon was tried with.
OLDEST_VERSION = "60.0"
# "Versions" (https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_versions.htm)
VERSIONS_PATH = "/services/data"
_VERSION = re.compile(r"\d+\.0")


def known() -> list[str]:
    """From the oldest to the one that this addon was made for: they count by one."""
    first, last = (int(float(v)) for v in (OLDEST_VERSION, API_VERSION))
    return [f"{number}.0" for number in range(first, last + 1)]


def offered(instance_url: str, timeout=TIMEOUT) -> list[str]:
    """The versions that an org speaks and this addon too, newest first. No session is
    needed to ask.

    :raises Hold: it answers with something else
    :raises Retry: not reachable
    """
    base = origin(instance_url)
    with Transport(base, timeout) as transport:
        response = transport.get(base + VERSIONS_PATH)
    try:
        found = {str(row["version"]) for row in response.json()}
    except (requests.JSONDecodeError, TypeError, KeyError):
        raise Hold(
            "unexpected_answer",
            f"{base} did not answer which API versions it offers.",
            "Check the address of the org; a proxy or a login page may have answered.",
        ) from None
    return sorted(usable(found), key=float, reverse=True)


def usable(versions: Iterable[str]) -> set[str]:
    """Those of ``versions`` that are not too old for this addon."""
    return {
        version
        for version in versions
        if _VERSION.fullmatch(version) and float(version) >= float(OLDEST_VERSION)
    }


def check(version: str, choice: Iterable[str]) -> None:
    """Refuse a version that cannot be spoken.

    :param choice: what the org offers, empty where that is not known yet
    :raises Hold: ``api_version``
    """
    if not usable([version]):
        raise Hold(
            "api_version",
            f"API version {version} is too old.",
            f"Choose {OLDEST_VERSION} or later; {API_VERSION} is what this addon was"
            " made for.",
        )
    choice = sorted(choice, key=float, reverse=True)
    if choice and version not in choice:
        raise Hold(
            "api_version",
            f"The org does not offer API version {version}.",
            f"Choose one of {', '.join(choice)}.",
        )
