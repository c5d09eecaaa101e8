# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Query jobs of the Bulk API 2.0: Salesforce runs the query by itself, and its result
is read in sets, each of which can be asked for again by its locator for seven days
(https://developer.salesforce.com/docs/atlas.en-us.api_asynch.meta/api_asynch/queries.htm).

``simple_salesforce.bulk2`` is not used beyond what ``Connector`` uses: what it offers
waits in the process until the job is complete, and gives a set as one text or a file;
to go on from a kept job and locator it has private methods only.
"""

from __future__ import annotations

import codecs
import csv
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from ...canonical import Hold, Retry
from .connector import Connector
from .description import Describe, field_at

JOBS = "jobs/query"
# Names that the guide gives for a job that will never be complete.
_GIVEN_UP = ("Failed", "Aborted")
CHUNK_BYTES = 65536


@dataclass(frozen=True, slots=True)
class Job:
    """``complete``: its result can be read. ``given_up``: it never will, for the reason
    ``error``. ``gone``: it is older than results are kept. Else it is worked on."""

    id: str
    complete: bool = False
    given_up: bool = False
    gone: bool = False
    error: str = ""


def create(connector: Connector, query: str) -> Job:
    """Have ``query`` run, over deleted records as well.

    :raises Hold: refused; about the query, or the day's jobs are used up, where
        ``connector.is_about_content`` says so
    :raises Retry: passing fault
    """
    answer = connector.call(
        "POST", JOBS, "bulk query", json={"operation": "queryAll", "query": query}
    )
    return _job(answer)


def look(connector: Connector, job_id: str) -> Job:
    """How far it is.

    :raises Hold: refused
    :raises Retry: passing fault
    """
    try:
        return _job(connector.call("GET", f"{JOBS}/{job_id}", "bulk query"))
    except Hold as failure:
        if failure.code != "missing":
            raise
        return Job(job_id, gone=True)


def delete(connector: Connector, job_id: str) -> None:
    """Its result was read; nothing where it is not there any more."""
    try:
        connector.call("DELETE", f"{JOBS}/{job_id}", "bulk query")
    except Hold as failure:
        if failure.code != "missing":
            raise


def _job(answer: Any) -> Job:
    if not isinstance(answer, dict) or "state" not in answer:
        raise Hold(
            "unexpected_answer",
            "Salesforce answered with something else than a bulk job.",
            "Check the address of the org; a proxy may have answered.",
        )
    state = answer["state"]
    return Job(
        answer["id"],
        complete=state == "JobComplete",
        given_up=state in _GIVEN_UP,
        error=answer.get("errorMessage") or f"The bulk job is {state}.",
    )


# ----------------------------------------------------------------------
# RESULTS
# ----------------------------------------------------------------------


def read(
    connector: Connector, job_id: str, locator: str, limit: int, sobject: str, describe
) -> tuple[list[dict], str]:
    """One set of at most ``limit`` records, in the form that a query would give them
    in. The text is read as it comes and never held as a whole.

    :param locator: of the set; empty = the first
    :return: the records, and the locator of the next set, empty after the last one
    :raises Hold: refused, ``unexpected_answer``
    :raises Retry: passing fault; the set can be asked for again
    """
    params = {"maxRecords": limit, **({"locator": locator} if locator else {})}
    path = f"{JOBS}/{job_id}/results"
    with connector.stream(path, "bulk query", params) as response:
        lines = csv.reader(_lines(response.iter_content(CHUNK_BYTES)))
        records = list(_records(lines, sobject, describe))
        following = response.headers.get("Sforce-Locator", "")
        promised = response.headers.get("Sforce-NumberOfRecords", "0")
    if len(records) != int(promised):
        raise Retry(
            "unreachable",
            f"The result of the bulk job {job_id} broke off after {len(records)} of"
            f" {promised} records.",
        )
    return records, "" if following == "null" else following


def _lines(chunks: Iterable[bytes]) -> Iterator[str]:
    """The lines with their ends, which belong to the value where one is quoted."""
    rest = ""
    for text in codecs.iterdecode(chunks, "utf-8"):
        # PostgreSQL keeps no NUL, and no person means one.
        *whole, rest = (rest + text.replace("\x00", "")).split("\n")
        yield from (line + "\n" for line in whole)
    if rest:
        yield rest


def _records(lines: Iterator[list[str]], sobject: str, describe: Describe):
    header = next(lines, [])
    if header and "Id" not in header:
        raise Hold(
            "unexpected_answer",
            f"The result of a bulk job begins with {header[:3]!r} instead of the names"
            " of fields.",
            "Check the address of the org; a proxy may have answered.",
        )
    columns = [_Column.of(path, sobject, describe) for path in header]
    for values in lines:
        yield _record(columns, values)


@dataclass(frozen=True, slots=True)
class _Column:
    """``parent`` and ``reference``: of a path over a relationship, the latter's name
    and the field that says whether there is such a parent."""

    name: str
    read: Callable[[str], Any]
    parent: str = ""
    reference: str = ""

    @classmethod
    def of(cls, path: str, sobject: str, describe: Describe) -> _Column:
        field = field_at(describe, sobject, path)
        reader = _READERS.get(field.type if field else "", str)
        parent, _dot, name = path.rpartition(".")
        reference = parent and describe(sobject).reference_of(parent)
        return cls(name, reader, parent, reference)


def _record(columns: list[_Column], values: list[str]) -> dict:
    record: dict = {}
    for column, text in zip(columns, values, strict=True):
        value = column.read(text) if text else None
        if not column.parent:
            record[column.name] = value
        elif value is not None or record.get(column.reference):
            parent = record.get(column.parent) or {}
            record[column.parent] = {**parent, column.name: value}
        else:
            record.setdefault(column.parent, None)
    return record


def _number(text: str) -> Any:
    """As JSON would have given it; what is no number is for the translator to hold."""
    try:
        return int(text) if text.lstrip("-").isdigit() else Decimal(text)
    except InvalidOperation:
        return text


def _boolean(text: str) -> bool:
    return text == "true"


def _moment(text: str) -> str:
    """Queries write the zone another way than bulk jobs do."""
    return text.removesuffix("Z") + "+0000" if text.endswith("Z") else text


_READERS: dict[str, Callable[[str], Any]] = {
    "boolean": _boolean,
    "currency": _number,
    "datetime": _moment,
    "double": _number,
    "int": _number,
    "percent": _number,
}
