# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What the engine asks of Salesforce."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, MutableMapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime

from ...canonical import Failure, Health, Hold, Outcome, Request
from . import api_error, bulk, fields, lines, sobject_collections, soql
from . import cursor as cursors
from .catalogue import CURRENCY
from .connector import Connector
from .credentials import Credentials
from .description import CLOSED, Description
from .identifier import to_18
from .schema import Schema
from .session import Session
from .streams import Stream, sobject_of
from .transport import TIMEOUT
from .version import API_VERSION

# Records of one page of changes; with their lines that is a few megabytes at most.
PAGE_SIZE = 200
# Failures that may come from a description that is out of date.
_FIELD_FAULTS = frozenset({"invalid_field", "invalid_object", "field_not_visible"})
_ORGANIZATION = ("Id", "Name", "IsSandbox", "OrganizationType", "InstanceName")


@dataclass(frozen=True, slots=True)
class QueryPage:
    """``next_url``: path of the following page, empty on the last one."""

    records: list[dict]
    next_url: str


class Client:
    """One org. Not shared between threads.

    :param session: a session kept from an earlier client; signed in anew when missing
        or expired. ``client.session`` is the one in use afterwards.
    :param descriptions: describes kept from an earlier client, or why there is none for
        this user; filled as they are read, emptied when Salesforce or a check says that
        they do not fit any more
    """

    def __init__(
        self,
        credentials: Credentials,
        *,
        session: Session | None = None,
        schema: Schema | None = None,
        api_version: str = API_VERSION,
        timeout=TIMEOUT,
        descriptions: MutableMapping[str, Description | Hold] | None = None,
    ):
        self.connector = Connector(credentials, session, api_version, timeout)
        self.schema = schema or Schema()
        self.descriptions = {} if descriptions is None else descriptions

    @property
    def session(self) -> Session | None:
        return self.connector.session

    @property
    def api_usage(self) -> tuple[int, int] | None:
        """(used, allowed) calls in the rolling 24 hours, as the last answer told."""
        return self.connector.usage

    @property
    def calls(self) -> int:
        """How many calls of the allocation this client made."""
        return self.connector.calls

    def sign_in(self) -> Session:
        """See :meth:`Connector.sign_in`."""
        return self.connector.sign_in()

    def close(self) -> None:
        self.connector.close()

    # ------------------------------------------------------------------
    # THE ORG
    # ------------------------------------------------------------------

    def organization(self) -> dict:
        """Id (18), Name, IsSandbox, OrganizationType, InstanceName.

        :raises Hold: refused
        :raises Retry: passing fault
        """
        query = soql.select(_ORGANIZATION, "Organization", limit=1)
        records = self.query_page(query).records
        if not records:
            raise Hold(
                "insufficient_access",
                "The integration user cannot read the Organization.",
                "Give the integration user the permission 'View Setup and"
                " Configuration'.",
            )
        return {**records[0], "Id": to_18(records[0]["Id"])}

    def username(self) -> str:
        """Of the user that the calls are made as; empty where that is not to be seen.

        :raises Hold: refused
        :raises Retry: passing fault
        """
        session = self.session or self.sign_in()
        (query,) = soql.by_ids(("Username",), "User", [session.user_id])
        records = self.query_page(query).records
        return records[0]["Username"] if records else ""

    def health(self) -> Health:
        """Who answers. Sandboxes, scratch orgs and Developer Edition are not live."""
        organization = self.organization()
        kind = organization["OrganizationType"]
        return Health(
            account_id=organization["Id"],
            account_name=organization["Name"],
            live=not organization["IsSandbox"] and kind != "Developer Edition",
            api_version=self.connector.api_version,
            details={
                "organization_type": kind,
                "instance": organization["InstanceName"],
                "instance_url": self.session.instance_url if self.session else "",
                "api_usage": list(self.api_usage or ()),
            },
        )

    def describe(self, sobject: str) -> Description:
        """The object as the integration user sees it; asked once.

        :raises Hold: ``invalid_object``: no such object, or not for this user
        """
        if sobject not in self.descriptions:
            try:
                self.descriptions[sobject] = self._describe_anew(sobject)
            except Hold as failure:
                if failure.code in CLOSED:
                    self.descriptions[sobject] = failure
                raise
        found = self.descriptions[sobject]
        if isinstance(found, Hold):
            raise Hold(found.code, found.message, found.remedy)
        return found

    def _describe_anew(self, sobject: str) -> Description:
        path = f"sobjects/{soql.name(sobject)}/describe"
        try:
            answer = self.connector.call("GET", path, sobject)
        except Hold as failure:
            if failure.code != "missing":
                raise
            raise api_error.failure_of(
                "INVALID_TYPE", "The object is not there", subject=sobject
            ) from failure
        return Description.of_answer(answer)

    # ------------------------------------------------------------------
    # READING
    # ------------------------------------------------------------------

    def query_page(
        self, query: str, include_deleted: bool = False, next_url: str = ""
    ) -> QueryPage:
        """One page; for the following ones give ``next_url`` of the page before."""
        if next_url:
            answer = self.connector.call("GET", next_url, "query")
        else:
            path = "queryAll/" if include_deleted else "query/"
            answer = self.connector.call("GET", path, "query", params={"q": query})
        if not isinstance(answer, dict) or "records" not in answer:
            raise Hold(
                "unexpected_answer",
                "Salesforce answered a query with something else than records.",
                "Check the address of the org; a proxy may have answered.",
            )
        records = [_plain(record) for record in answer["records"]]
        return QueryPage(records, answer.get("nextRecordsUrl") or "")

    def query_all(self, query: str, include_deleted: bool = False) -> list[dict]:
        """All records of ``query``, over all pages."""
        page = self.query_page(query, include_deleted)
        records = page.records
        while page.next_url:
            page = self.query_page(query, next_url=page.next_url)
            records += page.records
        return records

    def retrieve_many(self, kind: str, ids: Iterable[str]) -> dict[str, dict]:
        """{id (18): record with its lines}; deleted records that are still in the
        recycle bin are among them, what does not exist is left out.

        :param kind: canonical kind
        :raises Hold: ``unknown_kind``, ``malformed_id``, refused
        :raises Retry: passing fault
        """
        sobject = sobject_of(kind)
        with self._forgetting_stale_fields():
            names = fields.names(sobject, self.schema, self.describe)
            records = {
                to_18(record["Id"]): record
                for query in soql.by_ids(names, sobject, ids)
                for record in self.query_all(query, include_deleted=True)
            }
            self._attach_lines(sobject, records.values())
        return records

    def changes(
        self, stream: Stream, cursor: dict, until: datetime, limit: int = PAGE_SIZE
    ) -> tuple[list[dict], dict, bool]:
        """What changed in ``stream`` after ``cursor``, deleted records included.

        :param cursor: ``{}`` from the beginning; else what the last call returned, or
            that rewound by the overlap (``cursor.rewound``)
        :param until: the watermark: an aware time taken before the first page is read;
            what changes while we read is left to the next poll
        :return: records with their lines, the cursor to go on from, whether there is
            more up to ``until``
        """
        with self._forgetting_stale_fields():
            query = soql.changed(
                fields.names(stream.sobject, self.schema, self.describe),
                stream.sobject,
                cursor,
                until,
                limit,
                self._poll_filter(stream),
            )
            records = self.query_all(query, include_deleted=True)
            self._attach_lines(stream.sobject, records)
        following = cursors.after(records[-1]) if records else cursor
        return records, following, len(records) >= limit

    # ------------------------------------------------------------------
    # LOADING
    # ------------------------------------------------------------------

    def count(
        self, stream: Stream, since: str, until: datetime, known_from: str = ""
    ) -> int:
        """How many records a load of ``stream`` would bring; see :meth:`begin_load`."""
        where = self._load_filter(stream, since, known_from)
        query = soql.counted(stream.sobject, since, until, where)
        answer = self.connector.call("GET", "queryAll/", "query", params={"q": query})
        return answer["totalSize"]

    def begin_load(
        self, stream: Stream, since: str, until: datetime, known_from: str = ""
    ) -> bulk.Job:
        """Have Salesforce gather all records of ``stream``, deleted ones included.

        :param since: datetime of the earliest change as text; empty = all there are
        :param until: the watermark: an aware time taken before; the polls go on from it
        :param known_from: of lines, a time as text before their parents were loaded:
            those that came with these are left out; empty = all lines
        :raises Hold: refused
        :raises Retry: passing fault
        """
        with self._forgetting_stale_fields():
            names = fields.names(stream.sobject, self.schema, self.describe)
            where = self._load_filter(stream, since, known_from)
            query = soql.loaded(names, stream.sobject, since, until, where)
            return bulk.create(self.connector, query)

    def look_at_load(self, job_id: str) -> bulk.Job:
        """See :func:`bulk.look`."""
        return bulk.look(self.connector, job_id)

    def load(
        self, stream: Stream, job_id: str, locator: str, limit: int
    ) -> tuple[list[dict], str]:
        """A set of records with their lines, and the locator of the next set, empty
        after the last one; see :func:`bulk.read`."""
        records, following = bulk.read(
            self.connector, job_id, locator, limit, stream.sobject, self.describe
        )
        self._attach_lines(stream.sobject, records)
        return records, following

    def end_load(self, job_id: str) -> None:
        """What it gathered was read."""
        bulk.delete(self.connector, job_id)

    @contextmanager
    def _forgetting_stale_fields(self) -> Iterator[None]:
        """What is put right in the org must work at the next try, not when a kept
        description happens to be read again."""
        try:
            yield
        except Hold as failure:
            if failure.code in _FIELD_FAULTS:
                self.descriptions.clear()
            raise

    def _poll_filter(self, stream: Stream) -> str:
        # The contact inside a person account is that account, not a contact of its own.
        if stream.sobject == "Contact" and "IsPersonAccount" in (
            self.describe("Contact").fields
        ):
            return "IsPersonAccount = false"
        return ""

    def _load_filter(self, stream: Stream, since: str, known_from: str) -> str:
        if stream.parent_field and since and known_from:
            return soql.came_otherwise(stream.parent_field, since, known_from)
        return self._poll_filter(stream)

    def _attach_lines(self, sobject: str, records: Iterable[dict]) -> None:
        lines.attach(sobject, records, self.query_all, self.schema, self.describe)

    # ------------------------------------------------------------------
    # WRITING
    # ------------------------------------------------------------------

    def update_many(self, requests: Sequence[Request]) -> list[Outcome]:
        """Create, update and upsert records, 200 a call; one outcome each, in order.

        Never raises for a single record or a call: the failure is in the outcome.
        """
        requests = [self._in_one_currency(request) for request in requests]
        outcomes = sobject_collections.send(self.connector, self.describe, requests)
        codes = {getattr(outcome.failure, "code", "") for outcome in outcomes}
        if codes.intersection(_FIELD_FAULTS):
            self.descriptions.clear()
        return outcomes

    def _in_one_currency(self, request: Request) -> Request:
        """An org with one currency has no field for it. Another one than its own stays,
        and is refused for that field."""
        if request.params.get(CURRENCY) != self.schema.currency:
            return request
        try:
            known = self.describe(request.resource.partition("/")[0]).fields
        except Failure:
            # It is refused, or deferred, when the request is looked at.
            return request
        if CURRENCY in known:
            return request
        params = {name: v for name, v in request.params.items() if name != CURRENCY}
        return replace(request, params=params)


def _plain(record: dict) -> dict:
    """Without ``attributes``, which repeat type and URL in every record and parent."""
    return {
        key: _plain(value) if isinstance(value, dict) else value
        for key, value in record.items()
        if key != "attributes"
    }
