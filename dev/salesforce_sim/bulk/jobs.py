# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The query jobs of an organisation, from UploadComplete to their results.

Nothing works in the background: a job moves on when somebody looks at it, after as many
looks as the setting ``bulk_looks`` says, so that tests need not wait.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from ..errors import ApiError, not_found
from ..soql.execute import Execution
from ..soql.parser import parse
from ..soql.projection import shape_of
from . import checks, table

PREFIX = "750"
OPERATIONS = ("query", "queryAll")
ENDED = ("JobComplete", "Failed", "Aborted")
#: Bulk API 2.0 limits: results are kept for seven days
KEPT = timedelta(days=7)
#: records of one set where the caller names no number
DEFAULT_RECORDS = 50_000


@dataclass
class QueryJob:
    """``lines`` are those of the records, once it is complete."""

    id: str
    operation: str
    query: str
    sobject: str
    version: str
    user: str
    created: datetime
    delimiter: str
    ending: str
    looks: int
    state: str = "UploadComplete"
    error: str = ""
    header: str = ""
    lines: list[str] = field(default_factory=list)


class QueryJobs:
    """Raises ApiError for what is not there or not allowed."""

    def __init__(self, org):
        self._org = org
        self._jobs = {}
        self._made = []

    @property
    def left_today(self) -> int:
        since = self._org.clock.now() - timedelta(hours=24)
        self._made = [moment for moment in self._made if moment > since]
        return max(self._org.settings.bulk_query_jobs - len(self._made), 0)

    def create(self, version: str, sent: dict) -> QueryJob:
        self._check_allowance()
        operation, text = sent.get("operation"), sent.get("query")
        if operation not in OPERATIONS:
            raise ApiError("API_ERROR", f"Unsupported operation: {operation}")
        if not text:
            raise ApiError("API_ERROR", "A query has to be specified")
        self._org.traffic.note_query(text)
        query = parse(text)
        checks.check_query(query)
        sobject = Execution(self._org, version).source(query)
        checks.check_shape(shape_of(self._org, query, sobject))
        job = QueryJob(
            id=self._org.ids.next(PREFIX),
            operation=operation,
            query=text,
            sobject=sobject.name,
            version=version,
            user=self._org.acting_user,
            created=self._org.clock.now(),
            delimiter=sent.get("columnDelimiter") or "COMMA",
            ending=sent.get("lineEnding") or "LF",
            looks=self._org.settings.bulk_looks,
        )
        if (
            job.delimiter not in table.DELIMITERS
            or job.ending not in table.LINE_ENDINGS
        ):
            raise ApiError("API_ERROR", "Unknown columnDelimiter or lineEnding")
        self._jobs[job.id] = job
        self._made.append(job.created)
        return job

    def _check_allowance(self):
        most = self._org.settings.bulk_query_jobs
        if not self.left_today:
            raise ApiError(
                "LIMIT_EXCEEDED",
                f"Max bulk v2 query jobs ({most}) per 24 hrs has been reached ({most})",
            )

    def get(self, job_id: str) -> QueryJob:
        job = self._jobs.get(job_id)
        if job is None or self._org.clock.now() - job.created > KEPT:
            raise not_found()
        return job

    def all(self) -> list[QueryJob]:
        return list(self._jobs.values())

    def look(self, job_id: str) -> QueryJob:
        """The job, a step further than at the look before."""
        job = self.get(job_id)
        if job.state not in ENDED:
            job.state = "InProgress"
            if job.looks <= 0:
                self._run(job)
            job.looks -= 1
        return job

    def _run(self, job: QueryJob) -> None:
        failure = self._org.faults.for_job(job.sobject)
        if failure:
            job.state, job.error = "Failed", failure
            return
        query = parse(job.query)
        execution = Execution(self._org, job.version, job.operation == "queryAll")
        shape = shape_of(self._org, query, execution.source(query))
        paths = table.columns(shape)
        form = table.DELIMITERS[job.delimiter], table.LINE_ENDINGS[job.ending]
        job.header = table.line([".".join(path) for path in paths], *form)
        job.lines = [
            table.line(table.values(record, paths), *form)
            for record in execution.run(job.query).records
        ]
        job.state = "JobComplete"

    def abort(self, job_id: str) -> QueryJob:
        job = self.get(job_id)
        if job.state in ENDED:
            raise ApiError("INVALIDJOBSTATE", f"Job is already {job.state}")
        job.state = "Aborted"
        return job

    def delete(self, job_id: str) -> None:
        if self.get(job_id).state not in ENDED:
            raise ApiError("INVALIDJOBSTATE", "Job is not complete, failed or aborted")
        del self._jobs[job_id]

    def expire(self) -> None:
        """As if all had grown older than results are kept."""
        self._jobs.clear()


def page(job: QueryJob, start: int, size: int) -> tuple[str, int, int | None]:
    """The CSV of ``size`` records from ``start``, how many they are, and where the next
    set begins."""
    part = job.lines[start : start + size]
    following = start + size if start + size < len(job.lines) else None
    return job.header + "".join(part), len(part), following
