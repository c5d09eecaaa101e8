# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The inbox: kept once, in order, and one bad event stops only itself."""

import time
from dataclasses import replace
from datetime import timedelta
from unittest.mock import MagicMock, patch

from psycopg2.errors import SerializationFailure

from odoo.tests import tagged

from ..canonical import Customer, Envelope, Hold, Reading, Ref, Retry, Wait
from ..models.engine.batch import Item
from ..models.engine.concurrency import run_batches
from ..models.engine.queued import MAX_ATTEMPTS, SLOTS, backoff, slot_of
from .common import NOW, Q2CCase


@tagged("post_install", "-at_install")
class TestInbox(Q2CCase):
    def setUp(self):
        super().setUp()
        self.documents = {}
        self.fetched = []
        provider = self.registry["q2c.provider.stripe"]
        self.patch(provider, "_open", lambda _s, _c, _k, payload: Reading(content={}))
        self.patch(provider, "_translate", self._translate)
        self.patch(provider, "_fetch", self._fetch)

    def _translate(self, _connection, kind, content, _api_version):
        document = self.documents[content.get("id", "cus_1")]
        if isinstance(document, Exception):
            raise document
        return document

    def _fetch(self, _connection, refs):
        self.fetched += refs
        return {ref: {"id": ref.id} for ref in refs}

    def store(self, external_id, *, object_id="cus_1", seconds=0, **values):
        envelope = Envelope(
            **{
                "external_id": external_id,
                "type": "customer.updated",
                "kind": "customer",
                "object_id": object_id,
                "partition": object_id,
                "occurred_at": NOW + timedelta(seconds=seconds),
                "payload": "{}",
                **values,
            }
        )
        self.env["q2c.event"]._store(self.stripe, [envelope], "webhook")
        return self.env["q2c.event"].search([("external_id", "=", external_id)])

    def run_lanes(self):
        self.env["q2c.processor"]._run(list(range(SLOTS)))

    def opened_by_object(self):
        """Have each payload be of the object that its event names."""
        self.patch(
            self.registry["q2c.provider.stripe"],
            "_open",
            lambda _s, _c, _k, payload: Reading(content={"id": payload}),
        )

    # ------------------------------------------------------------------
    # KEEPING
    # ------------------------------------------------------------------

    def test_rule_2_same_event_twice_is_one_row(self):
        first = self.store("evt_1")
        again = self.store("evt_1")
        self.assertEqual(first, again)
        self.assertEqual(len(again), 1)

    def test_rule_2_redelivery_revives_what_failed_and_nothing_else(self):
        failed, done = self.store("evt_1"), self.store("evt_2", object_id="cus_2")
        failed._fail(Hold("bad", "It is bad.", "Mend it."))
        done._finish("done")
        self.store("evt_1")
        self.store("evt_2", object_id="cus_2")
        self.assertEqual(failed.state, "queued")
        self.assertFalse(failed.message)
        self.assertEqual(done.state, "done")

    def test_rule_2_unknown_types_are_kept_as_ignored(self):
        event = self.store("evt_1", type="radar.made_up", kind="")
        self.run_lanes()
        self.assertEqual((event.state, event.reason), ("skipped", "ignored"))

    def test_partition_has_one_slot_for_good(self):
        self.assertEqual(slot_of("1/cus_1"), slot_of("1/cus_1"))
        self.assertTrue(0 <= slot_of("1/cus_1") < SLOTS)

    # ------------------------------------------------------------------
    # ORDER
    # ------------------------------------------------------------------

    def test_rule_5_only_the_newest_state_of_an_object_is_applied(self):
        self.documents["cus_1"] = Customer(id="cus_1", name="New")
        old, new = self.store("evt_1"), self.store("evt_2", seconds=5)
        self.run_lanes()
        self.assertEqual((old.state, old.reason), ("skipped", "superseded"))
        self.assertEqual(new.state, "done", new.traceback)
        self.assertFalse(self.fetched)

    def test_rule_5_same_second_is_read_again(self):
        self.documents["cus_1"] = Customer(id="cus_1", name="Now")
        self.store("evt_1")
        self.store("evt_2")
        self.run_lanes()
        self.assertEqual(self.fetched, [Ref("customer", "cus_1")])

    def test_rule_5_older_than_what_was_applied_is_read_again(self):
        self.documents["cus_1"] = Customer(id="cus_1", name="Now")
        self.store("evt_2", seconds=5)
        self.run_lanes()
        self.assertFalse(self.fetched)
        late = self.store("evt_1")
        self.run_lanes()
        self.assertEqual(self.fetched, [Ref("customer", "cus_1")])
        self.assertEqual((late.state, late.reason), ("done", "unchanged"))

    def test_rule_5_older_than_what_said_nothing_new_is_read_again(self):
        """A state that was read before its own event came is still the newest."""
        self.opened_by_object()
        self.documents["cus_1"] = Customer(id="cus_1", name="Now")
        self.documents["before"] = Customer(id="cus_1", name="Before")
        self.store("evt_1", payload="cus_1")
        self.run_lanes()
        same = self.store("evt_3", payload="cus_1", seconds=9)
        self.run_lanes()
        self.assertEqual((same.state, same.reason), ("done", "unchanged"))
        self.store("evt_2", payload="before", seconds=5)
        self.run_lanes()
        self.assertEqual(self.fetched, [Ref("customer", "cus_1")])
        self.assertEqual(self.record_of(self.documents["cus_1"]).name, "Now")

    def test_rule_5_older_than_what_left_nothing_behind_is_read_again(self):
        """What was void before it came here is not booked when its beginning comes."""
        self.documents["cus_1"] = Customer(id="cus_1", name="Now")
        self.store("evt_2", seconds=5)._finish("skipped", "ignored")
        late = self.store("evt_1")
        self.run_lanes()
        self.assertEqual(self.fetched, [Ref("customer", "cus_1")])
        self.assert_done(late)

    def test_rule_5_what_left_nothing_behind_and_is_gone_is_nothing(self):
        """A draft that was deleted before its beginning comes."""
        self.patch(
            self.registry["q2c.provider.stripe"],
            "_fetch",
            lambda _s, _c, refs: dict.fromkeys(refs),
        )
        self.store("evt_2", seconds=5)._finish("skipped", "ignored")
        late = self.store("evt_1")
        self.run_lanes()
        self.assertEqual((late.state, late.reason), ("skipped", "superseded"))

    def test_rule_5_what_does_not_exist_any_more_is_held(self):
        self.patch(
            self.registry["q2c.provider.stripe"],
            "_fetch",
            lambda _s, _c, refs: dict.fromkeys(refs),
        )
        self.store("evt_1")
        event = self.store("evt_2")
        self.run_lanes()
        self.assert_held(event, "missing")

    def test_rule_12_echo_says_nothing_new(self):
        self.documents["cus_1"] = Customer(id="cus_1", name="Same")
        self.store("evt_1")
        self.run_lanes()
        partner = self.record_of(self.documents["cus_1"])
        partner.name = "Changed here"
        echo = self.store("evt_2", seconds=9)
        self.run_lanes()
        self.assertEqual((echo.state, echo.reason), ("done", "unchanged"))
        self.assertEqual(echo.res_id, partner.id)
        self.assertEqual(partner.name, "Changed here")

    def test_rule_5_what_does_not_say_whose_it_is_stays_in_the_lane_of_its_object(self):
        known = {"kind": "payment", "object_id": "pi_1"}
        first = self.store("evt_1", **known, partition="pi_1")
        self.assertEqual(first.partition, "pi_1")
        said = self.store("evt_2", **known, partition="cus_1")
        unsaid = self.store("evt_3", **known, partition="pi_1")
        self.assertEqual((unsaid.partition, unsaid.slot), ("cus_1", said.slot))
        other = self.store("evt_4", kind="payment", object_id="pi_2", partition="pi_2")
        self.assertEqual(other.partition, "pi_2")

    def test_rule_5_what_is_read_goes_to_the_lane_of_its_customer(self):
        self.patch(
            self.registry["q2c.provider.stripe"],
            "_envelope",
            lambda _s, _c, kind, content: Envelope(
                external_id="evt_0",
                type="",
                kind=kind,
                object_id=content["id"],
                partition=self.owner,
                occurred_at=NOW,
                payload="",
            ),
        )
        lanes = self.env["q2c.lane"]._count()
        for number in range(lanes * 4):
            self.owner = f"cus_{number}"
            event = self.store(f"evt_{number}", kind="contact", object_id="pi_1")
            event.write({"partition": "pi_1", "slot": 0})
            moved = self.env["q2c.processor"]._hand_over(
                self.stripe, [self.item_read(event)]
            )
            self.assertEqual(event.partition, self.owner)
            self.assertEqual(not moved, event.slot % lanes != 0)

    def item_read(self, event):
        item = Item(event=event, ref=event._ref(), occurred_at=NOW)
        item.reading = Reading(content={"id": event.object_id})
        return item

    def test_a_race_lost_at_the_commit_repeats_the_batch(self):
        env = MagicMock(context={})
        progress = env["ir.cron.progress"].sudo.return_value.browse.return_value
        progress.timed_out_counter = 0
        commit = env["ir.cron"]._commit_progress
        commit.side_effect = [SerializationFailure(), 60, 60]
        counts = iter([3, 3, 0])
        run_batches(env, lambda _size: next(counts), 100)
        self.assertEqual(commit.call_count, 3)
        env.cr.rollback.assert_called_once()

    def run_as_job(self, counts, seconds, killed=0):
        """Run batches as a scheduled action that has ``seconds`` left, and was killed
        before; the sizes that were asked for, and whether it is to run anew."""
        cron = self.env["q2c.lane"]._crons()[0]
        triggers = self.env["ir.cron.trigger"].search([("cron_id", "=", cron.id)])
        triggers.unlink()
        progress = self.env["ir.cron.progress"].create(
            {"cron_id": cron.id, "timed_out_counter": killed + 1}
        )
        context = {
            "cron_id": cron.id,
            "cron_end_time": time.monotonic() + seconds,
            "ir_cron_progress_id": progress.id,
        }
        sizes, left = [], iter(counts)

        def run_batch(size):
            sizes.append(size)
            return next(left)

        run_batches(self.env(context=context), run_batch, 100)
        return sizes, bool(triggers.search_count([("cron_id", "=", cron.id)]))

    def test_a_lane_lets_others_go_first_when_its_time_is_up(self):
        self.assertEqual(self.run_as_job([100, 40, 0], 60), ([100] * 3, False))
        self.assertEqual(self.run_as_job([100], -1), ([100], True))
        self.assertEqual(self.run_as_job([0], -1), ([100], False))

    def test_batches_become_smaller_when_the_server_killed_the_lane(self):
        for killed, size in ((1, 25), (2, 6), (9, 1)):
            with self.subTest(killed=killed):
                self.assertEqual(self.run_as_job([0], 60, killed), ([size], False))

    def test_what_another_lane_has_applied_meanwhile_is_left_to_it(self):
        mine, theirs = self.store("evt_1"), self.store("evt_2", object_id="cus_2")
        items = [
            Item(event=event, ref=event._ref(), occurred_at=NOW)
            for event in (mine, theirs)
        ]
        partner = self.env["res.partner"].create({"name": "Theirs"})
        self.env["q2c.binding"].create(
            {
                "connection_id": self.stripe.id,
                "kind": "customer",
                "external_id": "cus_2",
                "res_model": "res.partner",
                "res_id": partner.id,
            }
        )
        bindings = {}
        taken = self.env["q2c.processor"]._take(self.stripe, items, bindings)
        self.assertEqual(taken, items[:1])
        self.assertEqual(bindings[Ref("customer", "cus_2")].res_id, partner.id)

    def test_missing_dependency_is_fetched_and_applied_first(self):
        self.documents["cus_1"] = Customer(id="cus_1", name="Sub", parent_id="cus_0")
        self.documents["cus_0"] = Customer(id="cus_0", name="Head")
        event = self.store("evt_1")
        self.patch(
            self.registry["q2c.provider.stripe"],
            "_envelope",
            lambda _s, _c, kind, content: Envelope(
                external_id=f"{content['id']}@1",
                type="customer.fetched",
                kind=kind,
                object_id=content["id"],
                partition=content["id"],
                occurred_at=NOW,
                payload="{}",
            ),
        )
        self.run_lanes()
        self.assertEqual(event.state, "done", event.traceback)
        self.assertEqual(
            self.record_of(self.documents["cus_1"]).parent_id,
            self.record_of(self.documents["cus_0"]),
        )
        fetched = self.env["q2c.event"].search([("external_id", "=", "cus_0@1")])
        self.assertEqual((fetched.state, fetched.source), ("done", "fetch"))
        # Else another lane would be woken to do the same at the same time.
        self.assertEqual(fetched.slot, event.slot)

    def test_refused_dependency_holds_what_needs_it(self):
        self.documents["cus_1"] = Customer(id="cus_1", name="Sub", parent_id="cus_0")
        refusal = Hold("insufficient_access", "cus_0 is hidden.", "Show it.")
        self.patch(
            self.registry["q2c.provider.stripe"],
            "_fetch",
            lambda _s, _c, refs: dict.fromkeys(refs, refusal),
        )
        event = self.store("evt_1")
        self.run_lanes()
        self.assert_held(event, "insufficient_access")

    # ------------------------------------------------------------------
    # FAILURES
    # ------------------------------------------------------------------

    def test_one_poisoned_event_stops_only_itself(self):
        self.opened_by_object()
        events = self.env["q2c.event"]
        for number in range(9):
            identifier = f"cus_{number}"
            self.documents[identifier] = Customer(id=identifier, name=identifier)
            events |= self.store(
                f"evt_{number}", object_id=identifier, payload=identifier
            )
        poisoned = events[4]
        applier = self.registry["q2c.applier.customer"]
        values = applier._values

        def explode(model, batch, item, record):
            if item.ref.id == "cus_4":
                raise RuntimeError("boom")
            return values(model, batch, item, record)

        with (
            patch.object(applier, "_values", explode),
            self.assertLogs("odoo.addons.quote_to_cash", "ERROR"),
        ):
            self.run_lanes()
        self.assertEqual(set((events - poisoned).mapped("state")), {"done"})
        self.assertEqual((poisoned.state, poisoned.reason), ("failed", "error"))
        self.assertIn("boom", poisoned.traceback)
        self.assertTrue(poisoned.remedy)

    def test_hold_names_record_reason_and_remedy(self):
        self.documents["cus_1"] = Hold("bad", "Customer cus_1 is bad.", "Mend it.")
        event = self.store("evt_1")
        self.run_lanes()
        self.assert_held(event, "bad")
        self.assertFalse(event.traceback)

    def test_wait_is_woken_by_what_it_waits_for(self):
        self.documents["cus_1"] = Wait("dependency", "Not yet.", Ref("customer", "x"))
        event = self.store("evt_1")
        self.run_lanes()
        self.assertEqual(event.state, "waiting")
        later = event.next_attempt
        self.env["q2c.event"]._wake(["customer:x"])
        self.assertLess(event.next_attempt, later)

    def test_retry_backs_off_and_fails_at_the_ceiling(self):
        self.documents["cus_1"] = Retry("unreachable", "Stripe did not answer.")
        event = self.store("evt_1")
        for attempt in range(1, MAX_ATTEMPTS):
            event.next_attempt = "2000-01-01"
            self.run_lanes()
            self.assertEqual((event.state, event.attempts), ("waiting", attempt))
        event.next_attempt = "2000-01-01"
        self.run_lanes()
        self.assert_held(event, "unreachable")

    def test_backoff_doubles_with_jitter_up_to_a_ceiling(self):
        self.assertLessEqual(backoff(1), timedelta(seconds=15))
        self.assertGreaterEqual(backoff(4), timedelta(seconds=60))
        self.assertLessEqual(backoff(99), timedelta(hours=1))
        self.assertGreater(len({backoff(5) for _try in range(20)}), 1)

    def test_live_event_on_a_test_connection_is_held(self):
        self.documents["cus_1"] = Customer(id="cus_1", name="Live")
        event = self.store("evt_1", live=True)
        self.run_lanes()
        self.assert_held(event, "environment_mismatch")
        self.assertIsNone(self.record_of(self.documents["cus_1"]))

    def test_paused_connection_keeps_and_does_not_apply(self):
        self.documents["cus_1"] = Customer(id="cus_1", name="Later")
        self.stripe.action_pause()
        event = self.store("evt_1")
        self.run_lanes()
        self.assertEqual(event.state, "queued")
        self.stripe.state = "active"
        self.run_lanes()
        self.assertEqual(event.state, "done", event.traceback)

    def test_rule_29_copy_of_the_database_pauses_itself(self):
        self.documents["cus_1"] = Customer(id="cus_1", name="Copy")
        event = self.store("evt_1")
        self.env["ir.config_parameter"].set_param("database.uuid", "a-copy")
        self.run_lanes()
        self.assertEqual(self.stripe.state, "paused")
        self.assertEqual(event.state, "queued")

    def test_open_breaker_keeps_lanes_from_asking(self):
        self.documents["cus_1"] = Customer(id="cus_1", name="Now")
        self.stripe._trip(Retry("unreachable", "Down.", after=timedelta(minutes=5)))
        self.store("evt_1")
        event = self.store("evt_2")
        self.run_lanes()
        self.assertEqual((event.state, event.reason), ("waiting", "breaker_open"))
        self.assertFalse(self.fetched)

    # ------------------------------------------------------------------
    # SPEED
    # ------------------------------------------------------------------

    def test_queries_per_event_fall_as_the_batch_grows(self):
        self.opened_by_object()

        def queries(numbers):
            for number in numbers:
                identifier = f"cus_q{number}"
                document = Customer(id=identifier, name=identifier)
                self.documents[identifier] = replace(document, phone=str(number))
                self.store(f"evt_q{number}", object_id=identifier, payload=identifier)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            self.run_lanes()
            self.env.flush_all()
            return (self.cr.sql_log_count - before) / len(numbers)

        queries([0])  # what is loaded once only
        single, many = queries([1]), queries(range(2, 52))
        self.assertLess(many, single / 4)
