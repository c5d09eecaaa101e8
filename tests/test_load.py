# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Rule 11: streams are loaded as a whole, by jobs of the Bulk API 2.0, and polled from
the watermark on that was taken before."""

from contextlib import contextmanager
from datetime import datetime, timedelta, timezone
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import new_test_user, tagged

from ..canonical import Hold, Retry
from ..models.engine import processor
from ..models.engine.queued import SLOTS
from ..models.provider import provider_salesforce as polling
from ..models.provider import provider_salesforce_load as loading
from ..providers.salesforce.bulk import Job
from ..providers.salesforce.moment import parse_datetime
from .common import Q2CCase

STAMP = "2026-02-01T10:00:00.000+0000"


def account(number):
    return {
        "Id": f"001{number:012d}AAA",
        "Name": f"Account {number}",
        "SystemModstamp": STAMP,
        "IsDeleted": False,
    }


def line(number, order):
    return {
        "Id": f"802{number:012d}AAA",
        "OrderId": f"801{order:012d}AAA",
        "SystemModstamp": STAMP,
        "IsDeleted": False,
    }


class FakeOrg:
    """Answers as the client does, of one job at a time. ``records``: what it finds, by
    stream; ``calls``: what it was asked."""

    def __init__(self, records):
        self.records = records
        self.calls = []
        self.state = {"complete": True}
        self.refusal = None
        self.fails_at = None
        self.spans = []
        self.backlog = []

    def count(self, stream, since, until, known_from=""):
        self.spans.append((stream.code, since, until))
        self.known_from = known_from
        return len(self.records.get(stream.code, ()))

    def begin_load(self, stream, since, until, known_from=""):
        self.calls.append("begin")
        if self.refusal:
            raise self.refusal
        return Job(f"750{stream.code}")

    def look_at_load(self, job_id):
        self.calls.append("look")
        return Job(job_id, **self.state)

    def load(self, stream, job_id, locator, limit):
        self.calls.append(f"load {locator}")
        if locator and locator == self.fails_at:
            raise Retry("unreachable", "No answer.")
        start = int(locator or 0)
        rows = self.records[stream.code]
        end = start + limit
        return rows[start:end], str(end) if end < len(rows) else ""

    def end_load(self, job_id):
        self.calls.append("end")

    def changes(self, stream, cursor, until, limit):
        self.calls.append("poll")
        self.spans.append((stream.code, cursor["modstamp"], until))
        page, self.backlog = self.backlog[:limit], self.backlog[limit:]
        return page, {"modstamp": cursor["modstamp"]}, bool(self.backlog)


@tagged("post_install", "-at_install")
class TestLoad(Q2CCase):
    def setUp(self):
        super().setUp()
        self.org = FakeOrg({"account": [account(n) for n in range(5)]})
        self.stream = self.streams("account")
        self.patch(
            self.registry["q2c.provider.salesforce"],
            "_signed",
            lambda _self, _connection, fresh=False: self.signed(),
        )
        for name, value in (("WORTH_A_JOB", 2), ("SET_SIZE", 2)):
            self.startPatcher(patch.object(loading, name, value))

    @contextmanager
    def signed(self):
        yield self.org

    def streams(self, *codes):
        return self.salesforce.stream_ids.filtered(lambda s: s.code in codes)

    def poll(self, streams=None):
        streams = streams or self.stream
        streams.next_run = "2000-01-01"
        streams._poll()

    def events(self):
        return self.env["q2c.event"].search(
            [("connection_id", "=", self.salesforce.id)], order="id"
        )

    # ------------------------------------------------------------------
    # THE WAY OF A LOAD
    # ------------------------------------------------------------------

    def test_rule_11_what_was_never_read_is_loaded_by_a_job(self):
        before = datetime.now(timezone.utc) - timedelta(seconds=1)
        self.poll()
        self.assertEqual(
            self.org.calls, ["begin", "look", "load ", "load 2", "load 4", "end"]
        )
        events = self.events()
        self.assertEqual(
            events.mapped("object_id"), [r["Id"] for r in self.org.records["account"]]
        )
        self.assertEqual(set(events.mapped("source")), {"load"})
        self.assertEqual(self.stream.last_count, 5)
        ((_code, since, until),) = self.org.spans
        begin = self.salesforce.sync_from.replace(tzinfo=timezone.utc)
        self.assertEqual(parse_datetime(since), begin)
        self.assertGreater(until, before)

    def test_rule_11_polls_go_on_from_the_watermark_taken_before(self):
        self.poll()
        until = self.org.spans[0][2]
        self.poll()
        self.assertEqual(self.org.calls[-1], "poll")
        start = parse_datetime(self.org.spans[-1][1])
        self.assertEqual(start, until - timedelta(seconds=self.stream.overlap))

    def test_rule_11_few_records_are_polled(self):
        self.org.records["account"] = self.org.records["account"][:2]
        self.poll()
        self.assertEqual(self.org.calls, ["poll"])

    def test_rule_11_a_job_at_work_is_looked_at_again_soon(self):
        self.org.state = {}
        self.poll()
        self.assertEqual(self.org.calls, ["begin", "look"])
        soon = fields.Datetime.now() + timedelta(minutes=1)
        self.assertLess(self.stream.next_run, soon)
        trigger = self.env["ir.cron.trigger"].search(
            [("cron_id", "=", self.salesforce.poll_cron_id.id)], limit=1
        )
        self.assertTrue(trigger)
        self.org.state = {"complete": True}
        self.poll()
        self.assertEqual(self.org.calls.count("begin"), 1)
        self.assertEqual(len(self.events()), 5)

    def test_rule_11_a_killed_process_goes_on_from_job_and_locator(self):
        self.org.fails_at = "4"
        with self.assertLogs("odoo.addons.quote_to_cash", "WARNING"):
            self.poll()
        self.assertEqual(len(self.events()), 4)
        self.assertTrue(self.stream.is_loading)
        self.assertEqual(self.stream.load_progress, 80)
        watermark = self.stream.cursor["until"]
        self.org.fails_at, self.org.calls = None, []
        self.salesforce._close_breaker()
        self.poll()
        self.assertEqual(self.org.calls, ["load 4", "end"])
        self.assertEqual(len(self.events()), 5)
        self.assertEqual(self.stream.cursor, {"modstamp": watermark})
        self.assertFalse(self.stream.is_loading)

    def test_rule_11_a_set_that_is_read_twice_is_kept_once(self):
        self.poll()
        self.stream.action_load_everything()
        self.poll()
        self.assertEqual(self.org.calls.count("begin"), 2)
        self.assertEqual(len(self.events()), 5)
        self.assertEqual(self.stream.last_count, 0)

    def test_rule_11_time_is_up_within_a_load(self):
        limit = self.registry["ir.cron"]._commit_progress
        self.patch(
            self.registry["ir.cron"],
            "_commit_progress",
            lambda *args, **kw: limit(*args, **kw) and 0,
        )
        self.poll()
        self.assertTrue(self.stream.is_loading)
        self.assertLessEqual(self.stream.next_run, fields.Datetime.now())

    # ------------------------------------------------------------------
    # WHERE IT DOES NOT GO BY A JOB
    # ------------------------------------------------------------------

    def test_rule_11_a_job_that_failed_is_made_up_for_by_polls(self):
        self.org.state = {"given_up": True, "error": "Timed out"}
        with self.assertLogs("odoo.addons.quote_to_cash", "WARNING"):
            self.poll()
        self.assertEqual(self.org.calls, ["begin", "look", "poll"])
        self.assertEqual(self.org.spans[0][1:], self.org.spans[1][1:])

    def test_rule_11_a_job_older_than_results_are_kept_is_begun_anew(self):
        self.stream.cursor = {
            "until": "2026-01-02T00:00:00.000Z",
            "load": {"since": loading.EVER, "job": "750old", "locator": "2"},
        }
        self.org.state = {"gone": True}
        begin = self.org.begin_load

        def anew(*args):
            self.org.state = {"complete": True}
            return begin(*args)

        self.org.begin_load = anew
        self.poll()
        self.assertEqual(self.org.calls[:3], ["look", "begin", "look"])
        self.assertEqual(len(self.events()), 5)

    def test_rule_13_the_days_jobs_are_used_up(self):
        refusal = Hold("refused", "Max bulk v2 query jobs")
        refusal.__cause__ = type("Refused", (Exception,), {"status": 400})()
        self.org.refusal = refusal
        self.poll()
        self.assertEqual(self.org.calls, ["begin", "poll"])
        self.assertFalse(self.stream.message)

    # ------------------------------------------------------------------
    # BATCHES
    # ------------------------------------------------------------------

    def claimed(self, size):
        for name, value in (("BATCH_SIZE", 2), ("LOAD_BATCH_SIZE", 4)):
            self.startPatcher(patch.object(processor, name, value))
        return self.env["q2c.processor"]._claim(range(SLOTS), size)

    def test_a_batch_of_a_load_is_larger(self):
        self.poll()
        self.assertEqual(self.claimed(2), self.events()[:4])

    def test_a_batch_of_a_load_passes_nothing_else(self):
        self.poll()
        self.events()[3].source = "webhook"
        self.assertEqual(self.claimed(2), self.events()[:3])
        self.events()[1].source = "webhook"
        self.assertEqual(self.claimed(2), self.events()[:2])

    def test_a_batch_that_was_made_smaller_stays_so(self):
        self.poll()
        self.assertEqual(self.claimed(1), self.events()[:1])

    # ------------------------------------------------------------------
    # LINES
    # ------------------------------------------------------------------

    def test_rule_11_lines_are_loaded_but_those_that_came_with_their_deals(self):
        self.org.records["order_line"] = [line(n, order=n // 2) for n in range(4)]
        stream = self.streams("order_line")
        self.poll(stream)
        self.assertEqual(self.org.calls, ["begin", "look", "load ", "load 2", "end"])
        ((_code, since, until),) = self.org.spans
        begin = self.salesforce.sync_from.replace(tzinfo=timezone.utc)
        self.assertEqual(parse_datetime(since), begin)
        made = stream.create_date.replace(tzinfo=timezone.utc)
        self.assertLess(parse_datetime(self.org.known_from), made)
        self.assertEqual(parse_datetime(stream.cursor["modstamp"]), until)

    def test_rule_11_of_the_lines_of_an_order_one_tells_that_it_changed(self):
        self.org.records["order_line"] = [line(n, order=n // 2) for n in range(4)]
        self.poll(self.streams("order_line"))
        events = self.events()
        self.assertEqual(
            events.mapped("object_id"), [line(0, 0)["OrderId"], line(2, 1)["OrderId"]]
        )
        self.assertEqual(set(events.mapped("kind")), {"order"})

    def test_rule_11_few_lines_are_not_polled_with_all_others(self):
        self.org.records["order_line"] = [line(0, order=0)]
        self.poll(self.streams("order_line"))
        self.assertNotIn("poll", self.org.calls)
        self.assertEqual(len(self.events()), 1)

    def test_rule_11_where_all_lines_came_with_their_deals_there_is_no_job(self):
        stream = self.streams("order_line")
        self.poll(stream)
        self.assertFalse(self.org.calls)
        self.assertFalse(stream.is_loading)
        self.assertTrue(stream.cursor)

    # ------------------------------------------------------------------
    # BACKLOGS
    # ------------------------------------------------------------------

    def backlog(self, count):
        """``count`` changes are met by polls of one a page, the last of them by a job
        too."""
        self.stream.cursor = {"modstamp": "2026-02-01T09:00:00.000Z"}
        self.org.backlog = [account(n) for n in range(count)]
        self.org.records["account"] = self.org.backlog[2:]
        self.startPatcher(patch.object(polling, "PAGE_SIZE", 1))

    def test_rule_11_a_large_backlog_goes_by_a_job(self):
        self.backlog(6)
        self.poll()
        self.assertEqual(
            self.org.calls,
            ["poll", "poll", "begin", "look", "load ", "load 2", "end"],
        )
        self.assertEqual(len(self.events()), 6)
        self.assertFalse(self.stream.is_loading)

    def test_rule_11_the_end_of_a_backlog_is_polled(self):
        self.backlog(4)
        self.poll()
        self.assertEqual(self.org.calls, ["poll"] * 4)
        self.assertEqual(len(self.events()), 4)

    def test_rule_13_a_backlog_without_a_job_is_polled_to_its_end(self):
        self.backlog(6)
        refusal = Hold("refused", "Max bulk v2 query jobs")
        refusal.__cause__ = type("Refused", (Exception,), {"status": 400})()
        self.org.refusal = refusal
        self.poll()
        self.assertEqual(self.org.calls.count("begin"), 1)
        self.assertEqual(len(self.events()), 6)

    def test_rule_11_polls_that_find_nothing_do_not_go_back(self):
        self.stream.cursor = {"modstamp": "2026-02-01T09:00:00.000Z"}
        self.poll()
        first = self.stream.cursor
        self.poll()
        self.assertEqual(self.stream.cursor["modstamp"], first["modstamp"])

    # ------------------------------------------------------------------
    # ORDER
    # ------------------------------------------------------------------

    def test_rule_11_accounts_before_contacts_before_opportunities(self):
        streams = self.streams("account", "contact", "opportunity")
        self.org.state = {}
        self.poll(streams)
        self.assertEqual({code for code, *_ in self.org.spans}, {"account"})
        self.org.state = {"complete": True}
        self.poll(streams)
        self.assertEqual(
            [code for code, *_ in self.org.spans if code != "account"],
            ["contact", "opportunity"],
        )

    def test_rule_11_what_was_read_before_is_polled_meanwhile(self):
        product = self.streams("contact")
        product.cursor = {"modstamp": "2026-02-01T00:00:00.000Z"}
        self.org.state = {}
        self.poll(self.streams("account", "contact"))
        self.assertIn("contact", [code for code, *_ in self.org.spans])

    # ------------------------------------------------------------------
    # LOAD EVERYTHING
    # ------------------------------------------------------------------

    def test_rule_11_everything_is_loaded_anew_but_old_deals_are_not(self):
        streams = self.salesforce.stream_ids
        streams.cursor = {"modstamp": "2026-02-01T00:00:00.000Z"}
        self.salesforce.action_load_everything()
        since = {
            stream.code: stream.cursor["load"]["since"]
            for stream in streams
            if stream.is_loading
        }
        begin = self.salesforce.sync_from.replace(tzinfo=timezone.utc)
        old = ("contract", "lead", "opportunity", "order")
        deals = {code: since.pop(code) for code in old}
        self.assertEqual(set(map(parse_datetime, deals.values())), {begin})
        self.assertEqual(
            since,
            dict.fromkeys(
                ("product", "price_list", "price", "account", "contact"), loading.EVER
            ),
        )

    def test_only_managers_of_an_active_connection_load_everything(self):
        self.salesforce.state = "paused"
        with self.assertRaises(UserError):
            self.salesforce.action_load_everything()
        operator = new_test_user(
            self.env,
            "q2c_load_operator",
            groups="base.group_user,quote_to_cash.group_operator",
            company_id=self.company.id,
            company_ids=[(6, 0, self.company.ids)],
        )
        with self.assertRaises(UserError):
            self.stream.with_user(operator).action_load_everything()

    def test_a_stream_that_cannot_be_loaded_is_left_as_it_is(self):
        self.stripe.stream_ids.cursor = {"created": 1}
        self.stripe.stream_ids.action_load_everything()
        self.assertEqual(self.stripe.stream_ids.cursor, {"created": 1})
        self.assertFalse(self.stripe.stream_ids.can_load)
