# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Listening to change events: kept with how far it was, refused, lost, and healed."""

from datetime import datetime, timedelta, timezone
from unittest import skipIf
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import new_test_user, tagged

from ..canonical import Customer, Hold, Page, Ref, StatusUpdate
from ..models.connection import listening
from ..models.engine.queued import SLOTS
from ..models.provider.provider_salesforce import _SESSIONS
from ..providers.salesforce.moment import parse_datetime
from ..providers.salesforce.pubsub import libraries
from .common import Q2CCase
from .common_sign_in import FakeOrg

MISSING = libraries.missing()
if not MISSING:
    from ..providers.salesforce.pubsub.interface import ReplayPreset
    from .common_event_bus import EventBus, change

ACCOUNT, OTHER = "001000000000001AAA", "001000000000002AAA"
ALL, SALES = "/data/ChangeEvents", "/data/Sales__chn"
LOST = "subscription.fetch.replayid.corrupted"


@skipIf(MISSING, f"not installed: {', '.join(MISSING)}")
@tagged("post_install", "-at_install")
class TestChangeEvents(Q2CCase):
    def setUp(self):
        super().setUp()
        self.bus = EventBus()
        self.addCleanup(self.bus.stop)
        self.org = FakeOrg()
        self.startPatcher(self.org.patched())
        self.startPatcher(patch.dict(_SESSIONS, clear=True))
        for name, value in (("LONGEST", 1.5), ("LOOK_SECONDS", 0.1)):
            self.startPatcher(patch.object(listening, name, value))
        self.salesforce._put_secret("client_secret", "secret")
        self.salesforce.write(
            {
                "salesforce_sign_in": "client_credentials",
                "api_base": "https://acme.my.salesforce.com",
                "salesforce_bus_url": self.bus.url,
                "listens": True,
            }
        )
        self.topic = self.salesforce.topic_ids
        self.salesforce.poll_cron_id._q2c_wake()
        self.salesforce.stream_ids.next_run = "2100-01-01"

    def listen(self):
        """One run of the scheduled action."""
        with self.enter_registry_test_mode():
            self.salesforce._run_listen()

    def events(self):
        return self.env["q2c.event"].search(
            [("connection_id", "=", self.salesforce.id)], order="id"
        )

    def open_exceptions(self):
        domain = [("connection_id", "=", self.salesforce.id), ("state", "=", "open")]
        return self.env["q2c.exception"].search(domain)

    def another_topic(self, name=SALES):
        self.salesforce.topic_ids = [(0, 0, {"name": name})]
        return self.salesforce.topic_ids - self.topic

    # ------------------------------------------------------------------
    # HEARD
    # ------------------------------------------------------------------

    def test_a_change_is_kept_with_how_far_it_was_heard(self):
        position = self.bus.say(ALL, change(ACCOUNT), change(OTHER))
        self.listen()
        events = self.events()
        self.assertEqual(events.mapped("object_id"), [ACCOUNT, OTHER])
        self.assertEqual(set(events.mapped("source")), {"listen"})
        self.assertEqual(set(events.mapped("kind")), {"customer"})
        self.assertEqual(events[0].occurred_at, datetime(2025, 11, 30, 10, 53, 20))
        self.assertEqual(self.topic.position, position)
        self.assertTrue(self.topic.event_at)
        self.assertEqual(self.salesforce.listening, "listening")

    def test_what_is_kept_is_read_and_applied(self):
        self.remote[Ref("customer", ACCOUNT)] = {
            "Id": ACCOUNT,
            "Name": "Halden Robotics",
            "SystemModstamp": "2026-02-01T10:00:00.000+0000",
            "IsDeleted": False,
        }
        self.bus.say(ALL, change(ACCOUNT, "CREATE"))
        self.listen()
        self.env["q2c.processor"]._run(list(range(SLOTS)))
        self.assert_done(self.events().filtered(lambda e: e.source == "listen"))
        partner = self.record_of(Customer(id=ACCOUNT, name=""), self.salesforce)
        self.assertEqual(partner.name, "Halden Robotics")

    def test_it_begins_at_the_tip_and_goes_on_from_where_it_was(self):
        position = self.bus.say(ALL, change(ACCOUNT))
        self.listen()
        self.bus.say(ALL, change(OTHER))
        self.listen()
        first, second = self.bus.asked
        self.assertEqual(first.replay_preset, ReplayPreset.LATEST)
        self.assertEqual(second.replay_preset, ReplayPreset.CUSTOM)
        self.assertEqual(second.replay_id.hex(), position)
        self.assertEqual(len(self.events()), 2)

    def test_nothing_new_moves_the_place_as_well(self):
        position = self.bus.say(ALL)
        self.listen()
        self.assertEqual(self.topic.position, position)
        self.assertTrue(self.topic.heard_at)
        self.assertFalse(self.topic.event_at)
        self.assertFalse(self.events())

    def test_rule_5_the_same_change_told_again_is_one_event(self):
        self.another_topic()
        self.bus.say(ALL, change(ACCOUNT), change(ACCOUNT))
        self.bus.say(SALES, change(ACCOUNT))
        self.listen()
        self.assertEqual(len(self.events()), 1)

    def test_rule_12_the_echo_of_what_was_told_changes_nothing(self):
        partner = self.env["res.partner"].create({"name": "Halden"})
        update = StatusUpdate(
            id=ACCOUNT, object_name="Account", values={"Q2C_Amount_Due__c": "10"}
        )
        account = {
            "Id": ACCOUNT,
            "Name": "Halden",
            "SystemModstamp": "2026-02-01T10:00:00.000+0000",
            "IsDeleted": False,
        }
        self.link(self.salesforce, "customer", ACCOUNT, partner)
        self.remote[Ref("customer", ACCOUNT)] = {**account, **update.values}
        self.bus.say(ALL, change(ACCOUNT))
        self.listen()
        before = self.env["q2c.command"].search_count([])
        self.env["q2c.processor"]._run(list(range(SLOTS)))
        self.assertEqual(partner.name, "Halden")
        self.assertEqual(self.env["q2c.command"].search_count([]), before)
        self.assertFalse(self.open_exceptions())

    def test_objects_that_are_not_polled_are_passed_over(self):
        streams = self.salesforce.stream_ids
        streams.filtered(lambda s: s.code == "account").active = False
        position = self.bus.say(ALL, change(ACCOUNT))
        self.listen()
        self.assertFalse(self.events())
        self.assertEqual(self.topic.position, position)

    # ------------------------------------------------------------------
    # HEALED BY POLLS
    # ------------------------------------------------------------------

    def test_an_overflow_has_the_stream_polled_from_before_it(self):
        stream = self.salesforce.stream_ids.filtered(lambda s: s.code == "account")
        stream.cursor = {"modstamp": "2026-03-01T10:00:00.000Z", "id": OTHER}
        moment = datetime(2026, 2, 1, 10, tzinfo=timezone.utc)
        overflow = change(
            "000000000000000AAA", "GAP_OVERFLOW", at=int(moment.timestamp())
        )
        self.bus.say(ALL, overflow)
        self.listen()
        self.assertFalse(self.events())
        self.assertEqual(self.salesforce.stream_ids.filtered("reread_from"), stream)
        cursors = self.poll(stream)
        self.assertLess(parse_datetime(cursors[0]["modstamp"]), moment)
        self.assertFalse(stream.reread_from)
        self.assertFalse(self.poll(stream), "it is not due again")

    def poll(self, stream):
        """:return: the cursors that it was polled with"""
        cursors = []

        def answer(_provider, _connection, _code, cursor):
            cursors.append(cursor)
            following = {"modstamp": "2026-03-01T10:00:00.000Z", "id": OTHER}
            return Page(envelopes=(), cursor=following, more=False)

        self.patch(self.registry["q2c.provider.salesforce"], "_list", answer)
        stream._poll()
        return cursors

    def test_a_poll_that_fails_leaves_the_note(self):
        stream = self.salesforce.stream_ids.filtered(lambda s: s.code == "account")
        now = datetime.now(timezone.utc)
        stream._fall_behind({"account": now})
        with (
            patch.object(
                type(self.salesforce),
                "_budget_failure",
                lambda _self, for_polls=False: listening.Failure(
                    "api_budget", "Later."
                ),
            ),
            self.assertRaises(listening.Failure),
        ):
            stream._read_pages()
        self.assertTrue(stream.reread_from)

    def test_a_place_that_salesforce_forgot_is_made_up_for_by_polls(self):
        self.topic.position = "00ff"
        self.bus.refuse(ALL, "INVALID_ARGUMENT", LOST)
        position = self.bus.say(ALL, change(ACCOUNT))
        with self.assertLogs("odoo.addons.quote_to_cash", "WARNING"):
            self.listen()
        lost, anew = self.bus.asked
        self.assertEqual(lost.replay_preset, ReplayPreset.CUSTOM)
        self.assertEqual(anew.replay_preset, ReplayPreset.LATEST)
        self.assertEqual(self.topic.position, position)
        self.assertTrue(all(self.salesforce.stream_ids.mapped("reread_from")))
        self.assertIn("cannot go on", self.salesforce.message_ids[0].body)
        self.assertEqual(self.events().mapped("object_id"), [ACCOUNT])

    # ------------------------------------------------------------------
    # REFUSED
    # ------------------------------------------------------------------

    def test_rule_6_a_topic_that_is_refused_stops_only_itself(self):
        sales = self.another_topic()
        self.bus.refuse(SALES, "PERMISSION_DENIED")
        self.bus.say(ALL, change(ACCOUNT))
        with self.assertLogs("odoo.addons.quote_to_cash", "WARNING"):
            self.listen()
        self.assertEqual(self.events().mapped("object_id"), [ACCOUNT])
        self.assertIn("View All", sales.message)
        self.assertGreater(sales.next_attempt, fields.Datetime.now())
        self.assertEqual(self.salesforce.listening, "partly")
        self.assertFalse(self.salesforce._is_tripped())
        exception = self.open_exceptions()
        self.assertEqual(exception.code, "insufficient_access")
        self.assertIn(SALES, exception.message)
        self.assertTrue(exception.remedy)

    def test_once_it_is_heard_again_that_is_settled(self):
        self.bus.refuse(ALL, "NOT_FOUND")
        with self.assertLogs("odoo.addons.quote_to_cash", "WARNING"):
            self.listen()
        self.assertTrue(self.open_exceptions())
        self.assertEqual(self.salesforce.listening, "stopped")
        self.salesforce.action_listen_now()
        self.bus.say(ALL)
        self.listen()
        self.assertFalse(self.topic.message)
        self.assertFalse(self.open_exceptions())
        self.assertEqual(self.salesforce.listening, "listening")

    def test_what_is_not_listened_to_any_more_is_nobodys_matter(self):
        for settle in (
            lambda topic: topic.write({"name": SALES}),
            lambda topic: topic.connection_id.write({"listens": False}),
            lambda topic: topic.unlink(),
        ):
            topic = self.salesforce.topic_ids
            topic._put_off(Hold("unknown_topic", "There is none.", "Correct it."))
            self.assertTrue(self.open_exceptions())
            settle(topic)
            self.assertFalse(self.open_exceptions())

    def test_an_outage_of_the_bus_leaves_polls_and_sending_alone(self):
        self.bus.refuse(ALL, "UNAVAILABLE")
        with self.assertLogs("odoo.addons.quote_to_cash", "WARNING"):
            self.listen()
        self.assertFalse(self.salesforce._is_tripped())
        self.assertEqual(self.topic.attempts, 1)
        self.assertFalse(self.open_exceptions())
        asked = len(self.bus.asked)
        self.listen()
        self.assertEqual(len(self.bus.asked), asked, "it is not due yet")

    def test_an_outage_that_lasts_is_told(self):
        self.topic.attempts = 10
        self.bus.refuse(ALL, "UNAVAILABLE")
        with self.assertLogs("odoo.addons.quote_to_cash", "WARNING"):
            self.listen()
        self.assertIn("7443", self.open_exceptions().remedy)

    def test_a_session_that_ended_is_renewed(self):
        self.bus.refuse(ALL, "UNAUTHENTICATED", "service.auth.error")
        self.bus.say(ALL, change(ACCOUNT))
        self.listen()
        self.assertEqual(self.events().mapped("object_id"), [ACCOUNT])
        self.assertEqual(len(self.org.forms("client_credentials")), 2)

    def test_refused_credentials_are_the_connections_matter(self):
        self.org.refused["/services/oauth2/token"] = (
            400,
            {"error": "invalid_client", "error_description": "invalid credentials"},
        )
        self.listen()
        self.assertTrue(self.salesforce.refusal_code)
        self.assertFalse(self.topic.message)
        self.assertEqual(len(self.open_exceptions()), 1)
        self.listen()
        self.assertEqual(len(self.org.asked), 1, "nothing is asked meanwhile")

    def test_missing_libraries_are_named_on_the_connection(self):
        find = libraries.find_spec
        self.patch(
            libraries, "find_spec", lambda name: name != "grpc" and find(name) or None
        )
        with self.assertLogs("odoo.addons.quote_to_cash", "WARNING"):
            self.listen()
        self.assertFalse(self.bus.asked)
        self.assertIn("pip install grpcio", self.salesforce.listening_message)
        self.assertEqual(self.open_exceptions().code, "library_missing")
        self.assertFalse(self.salesforce._is_tripped())

    # ------------------------------------------------------------------
    # ON AND OFF
    # ------------------------------------------------------------------

    def test_it_is_asked_for(self):
        connection = self._connection("salesforce", account_ref="00D000000000009EAA")
        self.assertFalse(connection.listens)
        self.assertFalse(connection.listen_cron_id)
        connection.listens = True
        self.assertEqual(connection.topic_ids.mapped("name"), [ALL])
        self.assertTrue(connection.listen_cron_id.active)
        connection.listens = False
        self.assertFalse(connection.listen_cron_id.active)
        self.assertEqual(connection.listening, "off")

    def test_only_what_can_be_listened_to_offers_it(self):
        self.assertTrue(self.salesforce.can_listen)
        self.assertFalse(self.stripe.can_listen)

    def test_a_paused_connection_is_not_listened_to(self):
        self.salesforce.action_pause()
        self.assertFalse(self.salesforce.listen_cron_id.active)
        self.listen()
        self.assertFalse(self.bus.asked)

    def test_it_ends_at_once_when_it_is_not_wanted_any_more(self):
        with patch.object(listening, "LONGEST", 60):
            position = self.bus.say(ALL)
            keep = type(self.topic)._keep

            def keep_and_pause(topic, heard):
                keep(topic, heard)
                topic.connection_id.action_pause()

            self.patch(type(self.topic), "_keep", keep_and_pause)
            # Without an end this would take a minute, and then say it again.
            self.listen()
        self.assertEqual(self.topic.position, position)

    def test_it_has_itself_gone_on_with(self):
        self.bus.say(ALL)
        trigger = self.env["ir.cron.trigger"]
        domain = [("cron_id", "=", self.salesforce.listen_cron_id.id)]
        trigger.search(domain).unlink()
        self.listen()
        self.assertTrue(trigger.search(domain))

    def test_another_topic_is_heard_from_its_tip(self):
        self.topic.write(
            {"position": "00ff", "next_attempt": "2100-01-01", "message": "None."}
        )
        self.topic.name = SALES
        self.assertFalse(self.topic.position)
        self.assertFalse(self.topic.message)
        self.assertEqual(self.topic._due(), self.topic)

    def test_the_name_of_a_topic_is_looked_at(self):
        with self.assertRaisesRegex(ValidationError, "/data/"):
            self.topic.name = "AccountChangeEvent"
        with self.assertRaisesRegex(ValidationError, "Record Field"):
            self.topic.name = "/event/Deal__e"
        self.topic.write({"name": "/event/Deal__e", "record_field": "Deal__c"})

    def test_it_is_for_managers_to_switch(self):
        user = new_test_user(
            self.env,
            "q2c_listener",
            groups="base.group_user,quote_to_cash.group_operator",
            company_id=self.company.id,
            company_ids=[(6, 0, self.company.ids)],
        )
        with self.assertRaises(AccessError):
            self.topic.with_user(user).name = SALES
        self.salesforce.with_user(user).action_listen_now()

    def test_a_server_with_one_worker_says_that_it_is_few(self):
        self.assertFalse(self.salesforce.listening_message)
        with patch.object(listening, "cron_workers", lambda: 1):
            self.salesforce.invalidate_recordset(["listening_message"])
            self.assertIn("max_cron_threads", self.salesforce.listening_message)
            self.bus.say(ALL, change(ACCOUNT))
            self.bus.say(ALL, change(OTHER))
            self.listen()
        self.assertEqual(
            self.events().mapped("object_id"), [ACCOUNT], "the lanes have their turn"
        )

    def test_the_limits_of_the_server_are_kept(self):
        with (
            patch.object(listening, "LONGEST", 300),
            patch.object(listening, "cron_seconds", lambda: 120),
        ):
            self.assertEqual(self.salesforce._seconds_to_listen(self.topic), 40)
            later = self.another_topic()
            later.next_attempt = fields.Datetime.now() + timedelta(seconds=20)
            self.assertLess(self.salesforce._seconds_to_listen(self.topic), 21)
