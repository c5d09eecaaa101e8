# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Loading a stream of Salesforce, as a whole, by a job of the Bulk API 2.0; and what
changed, where that is very much.

All that is known of a load is in the cursor, which is kept after each page: a process
that is killed goes on from the last set that was kept::

    {"until": watermark, "load": {"since", "total", "done", "job", "ready", "locator"}}

``ready``: the job is complete. ``read``: its last set was kept. The polls go on from
the watermark, which was taken before the job began. ``known_from``: of lines, when
nothing had been loaded yet: the rest came with their opportunities and orders.

Polls count what they read (``polled``); after so many that a job would have been worth
it, what is left goes by one, unless there is none to be had (``jobless``).
"""

import logging
from dataclasses import replace
from datetime import datetime, timedelta, timezone

from odoo import models

from ...canonical import Hold, Page
from ...providers.salesforce import envelope
from ...providers.salesforce.connector import is_about_content
from ...providers.salesforce.moment import format_datetime, parse_datetime
from ...providers.salesforce.streams import STREAMS, stream_of

_logger = logging.getLogger(__name__)

# Salesforce names 2,000 records as what the Bulk API is good for
# (https://developer.salesforce.com/docs/atlas.en-us.api_asynch.meta/api_asynch/asynch_api_intro.htm);
# fewer are sooner polled than a job is begun and awaited.
WORTH_A_JOB = 2000
# Records of one set, which is a call and a transaction: some 2 to 4 MB.
SET_SIZE = 2000
# A job takes from seconds to, rarely, hours; each look is a call.
LOOK_AGAIN = timedelta(seconds=20)
# No org is older than Salesforce.
EVER = "1999-01-01T00:00:00.000Z"


class ProviderSalesforce(models.AbstractModel):
    _inherit = "q2c.provider.salesforce"

    def _load(self, stream):
        """Old deals are over: they are loaded from where the connection begins. Lines
        come with what they are lines of."""
        found = STREAMS.get(stream.code)
        if not found or found.parent_field:
            return None
        since = _begin_of(stream) if found.deals else EVER
        return {"load": {"since": since}}

    def _start(self, stream, cursor):
        """A stream that was never read is loaded from where the connection begins."""
        if not cursor:
            cursor = {"load": {"since": _begin_of(stream)}}
            if stream_of(stream.code).parent_field:
                cursor["load"]["known_from"] = _made_at(stream)
        if "load" in cursor:
            return {"until": format_datetime(datetime.now(timezone.utc)), **cursor}
        return super()._start(stream, cursor)

    def _list(self, connection, code, cursor):
        if "load" not in cursor:
            return _watched(super()._list(connection, code, cursor), cursor)
        with self._signed(connection) as client:
            return _Load(client, stream_of(code), cursor).page()


def _begin_of(stream):
    begin = stream.connection_id.sync_from.replace(tzinfo=timezone.utc)
    return format_datetime(begin)


def _made_at(stream):
    """A time before any stream of the connection was read, by Salesforce's clock, which
    may be slow."""
    made = stream.create_date - timedelta(seconds=stream.overlap)
    return format_datetime(made.replace(tzinfo=timezone.utc))


def _watched(page, cursor):
    """``page`` of a poll, after which a job takes over where there is too much."""
    kept = {key: cursor[key] for key in ("jobless",) if key in cursor}
    polled = cursor.get("polled", 0) + len(page.envelopes)
    following = {**page.cursor, "polled": polled, **kept}
    if not page.more:
        following = page.cursor
    elif polled >= WORTH_A_JOB and not kept:
        load = {"since": page.cursor["modstamp"]}
        following = {"until": page.cursor["until"], "load": load}
    return replace(page, cursor=following)


class _Load:
    """One step of a load."""

    def __init__(self, client, stream, cursor):
        self.client = client
        self.stream = stream
        self.until = cursor["until"]
        self.load = cursor["load"]

    def page(self):
        """The canonical.Page of the next step."""
        if self.load.get("read"):
            return self._end()
        if "job" not in self.load:
            return self._begin()
        if not self.load.get("ready"):
            return self._look()
        return self._read()

    def _begin(self):
        since, until = self.load["since"], parse_datetime(self.until)
        span = self.stream, since, until, *filter(None, [self.load.get("known_from")])
        total = self.client.count(*span)
        if not total:
            return self._page({"modstamp": self.until}, False)
        # Polls would bring all lines, those too that came with their parents.
        if total <= WORTH_A_JOB and "known_from" not in self.load:
            return self._by_polls()
        try:
            job = self.client.begin_load(*span)
        except Hold as failure:
            if not is_about_content(failure):
                raise
            _logger.info("No bulk job for %s: %s", self.stream.label, failure)
            return self._by_polls()
        return self._step(more=True, job=job.id, total=total, done=0)

    def _look(self):
        job = self.client.look_at_load(self.load["job"])
        if job.complete:
            return self._step(more=True, ready=True)
        if job.gone:
            load = {k: v for k, v in self.load.items() if k in ("since", "known_from")}
            return self._page({"until": self.until, "load": load}, True)
        if job.given_up:
            _logger.warning("%s is polled: %s", self.stream.label, job.error)
            return self._by_polls()
        return self._step(again=LOOK_AGAIN)

    def _read(self):
        try:
            records, locator = self.client.load(
                self.stream, self.load["job"], self.load.get("locator", ""), SET_SIZE
            )
        except Hold as failure:
            if failure.code != "missing":
                raise
            # Results are kept for a week: the connection was paused for longer.
            return self._step(more=True, ready=False)
        done = self.load.get("done", 0) + len(records)
        return self._step(
            self._envelopes(records),
            more=True,
            done=done,
            locator=locator,
            read=not locator,
        )

    def _envelopes(self, records):
        """Of lines, one says enough of what they are lines of."""
        found = [envelope.envelope_of_change(self.stream, r) for r in records]
        if not self.stream.parent_field:
            return found
        found.sort(key=lambda each: each.occurred_at)
        return list({each.object_id: each for each in found}.values())

    def _end(self):
        """All of it is kept, so it can go; polls go on from before it began."""
        self.client.end_load(self.load["job"])
        return self._page({"modstamp": self.until}, False)

    def _by_polls(self):
        """Page by page, the way that changes are read."""
        cursor = {"modstamp": self.load["since"], "until": self.until, "jobless": True}
        return self._page(cursor, True)

    def _step(self, envelopes=(), more=False, again=None, **known):
        cursor = {"until": self.until, "load": {**self.load, **known}}
        return self._page(cursor, more, envelopes, again)

    def _page(self, cursor, more, envelopes=(), again=None):
        return Page(envelopes=tuple(envelopes), cursor=cursor, more=more, again=again)
