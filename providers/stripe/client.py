# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What the engine asks of Stripe."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from ...canonical import Balance, Failure, Health, Hold, Outcome, Page, Ref, Request
from . import api_key as api_keys
from . import balance, endpoints, event_list, finder, object_list, reader, tax_ids
from .connector import PAGE_SIZE, Connector, path_of
from .event_types import ENDPOINT_EVENTS as ENDPOINT_EVENTS
from .transport import TIMEOUT
from .version import API_VERSION


class Client:
    """One account in one mode (test or live). Not shared between threads.

    :param api_key: secret or restricted
    :param api_base: where something else plays Stripe; https, or on loopback
    :raises Hold: ``invalid_key``, ``insecure_address``, ``malformed_address``,
        ``live_key``
    """

    def __init__(
        self,
        api_key: str,
        *,
        api_base: str = "",
        api_version: str = API_VERSION,
        timeout=TIMEOUT,
    ):
        self.connector = Connector(api_key, api_base, api_version, timeout)

    @property
    def live(self) -> bool:
        """Whether the key moves real money."""
        return api_keys.is_live(self.connector.api_key)

    def close(self) -> None:
        self.connector.close()

    # ------------------------------------------------------------------
    # THE ACCOUNT
    # ------------------------------------------------------------------

    def health(self) -> Health:
        """Who answers. A restricted key needs the permission to read the account.

        :raises Hold: refused
        :raises Retry: passing fault
        """
        account = self._account()
        return Health(
            account_id=account["id"],
            account_name=_account_name(account),
            live=self.live,
            api_version=self.connector.api_version,
            details={
                "country": account.get("country"),
                "default_currency": account.get("default_currency"),
                "charges_enabled": account.get("charges_enabled"),
                "restricted_key": api_keys.is_restricted(self.connector.api_key),
            },
        )

    def _account(self) -> dict:
        try:
            return self.connector.get("/v1/account", subject="the account")
        except Hold as failure:
            if failure.code != "insufficient_access":
                raise
            raise Hold(
                failure.code,
                failure.message,
                "Edit the restricted key in the Stripe Dashboard, Developers, API keys:"
                " it must be allowed to read the account, or nobody can tell whose"
                " books these are.",
            ) from None

    # ------------------------------------------------------------------
    # READING
    # ------------------------------------------------------------------

    def fetch(self, refs: Iterable[Ref]) -> dict[Ref, dict | None | Failure]:
        """The objects as they are now, with all of their lists. None: does not exist.
        A failure: what kept us from reading this one; it is never raised."""
        return reader.read(self.connector, refs)

    def events(self, cursor: dict, limit: int = PAGE_SIZE) -> Page:
        """What happened after ``cursor``, oldest first; see ``event_list``.

        :raises Hold: refused
        :raises Retry: passing fault
        """
        return event_list.page(self.connector, cursor, limit)

    def objects(
        self, kind: str, since: datetime, until: datetime, cursor: dict
    ) -> Page:
        """What was created between the two (aware); see ``object_list``.

        :raises Hold: refused
        :raises Retry: passing fault
        """
        return object_list.page(self.connector, kind, since, until, cursor)

    def balance(self) -> dict[str, Balance]:
        """{currency: what it holds for us}; see ``balance``.

        :raises Hold: refused
        :raises Retry: passing fault
        """
        return balance.read(self.connector)

    def balance_transactions(self, since: datetime, until: datetime) -> Iterator[dict]:
        """What moved the balance between the two (aware), the newest first.

        :raises Hold: refused
        :raises Retry: passing fault
        """
        return balance.transactions(self.connector, since, until)

    def find(self, kind: str, odoo_ref: str) -> dict | None:
        """The object that bears our reference; see ``finder``.

        :raises Hold: refused
        :raises Retry: passing fault
        """
        return finder.find(self.connector, kind, odoo_ref)

    # ------------------------------------------------------------------
    # WRITING
    # ------------------------------------------------------------------

    def send(self, key: str, request: Request) -> Outcome:
        """Carry out ``request`` under the idempotency key ``key``.

        Never raises for a request: the failure is in the outcome. The same key with the
        same request does nothing twice, for at least 24 hours
        (https://docs.stripe.com/api/idempotent_requests).
        """
        try:
            answer = self._carry_out(key, request)
        except Failure as failure:
            return Outcome(id=request.id, failure=failure)
        return Outcome(id=str(answer.get("id") or request.id), answer=answer)

    def _carry_out(self, key: str, request: Request) -> dict:
        subject = f"{request.resource} {request.id}".strip()
        path = f"/v1/{request.resource}"
        if request.verb == "create":
            return self.connector.post(path, request.params, subject, key)
        if request.id and request.verb in ("update", "delete"):
            path = path_of(request.resource, request.id)
            if request.verb == "delete":
                return self.connector.delete(path, subject)
            return self._update(request, path, subject, key)
        raise Hold(
            "unsupported_verb",
            f"Nothing can be {request.verb}d in Stripe as this says: {subject}.",
            "Skip the command.",
        )

    def _update(self, request: Request, path: str, subject: str, key: str) -> dict:
        params = dict(request.params)
        numbers = params.pop("tax_id_data", [])
        answer = self.connector.post(path, params, subject, key)
        if numbers:
            tax_ids.settle(self.connector, request.id, numbers, key)
        return answer

    # ------------------------------------------------------------------
    # WEBHOOK ENDPOINTS
    # ------------------------------------------------------------------

    def endpoints(self) -> list[dict]:
        """All of the account's, ours among them."""
        return endpoints.read_all(self.connector)

    def endpoint_faults(self, endpoint_id: str, url: str) -> list[Hold]:
        """What keeps our endpoint from bringing everything; see ``endpoints``.

        :raises Hold: refused
        :raises Retry: passing fault
        """
        found = endpoints.ours(self.endpoints(), endpoint_id, url)
        return endpoints.faults(found, url, ENDPOINT_EVENTS, self.connector.api_version)

    def create_endpoint(
        self, url: str, events: Iterable[str] = ENDPOINT_EVENTS
    ) -> tuple[str, str]:
        """(id, signing secret)"""
        return endpoints.create(self.connector, url, events)

    def update_endpoint(
        self,
        endpoint_id: str,
        *,
        url: str = "",
        events: Iterable[str] = (),
        disabled: bool | None = None,
    ) -> dict:
        return endpoints.update(
            self.connector, endpoint_id, url=url, events=events, disabled=disabled
        )

    def delete_endpoint(self, endpoint_id: str) -> None:
        endpoints.delete(self.connector, endpoint_id)


def _account_name(account: dict) -> str:
    dashboard = (account.get("settings") or {}).get("dashboard") or {}
    profile = account.get("business_profile") or {}
    return (
        dashboard.get("display_name")
        or profile.get("name")
        or account.get("email")
        or account["id"]
    )
