# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Lanes: as many scheduled actions as are wanted, each slot in exactly one."""

from odoo.tests import TransactionCase, tagged

from ..models.engine.queued import SLOTS


@tagged("post_install", "-at_install")
class TestLanes(TransactionCase):
    def setUp(self):
        super().setUp()
        self.lanes = self.env["q2c.lane"]

    def test_number_of_lanes_grows_and_shrinks(self):
        for count in (6, 2, 4):
            self.lanes._set_count(count)
            self.assertEqual(sorted(self.lanes._crons()), list(range(count)))

    def test_number_of_lanes_is_bounded(self):
        self.lanes._set_count(0)
        self.assertEqual(len(self.lanes._crons()), 1)
        self.lanes._set_count(1000)
        self.assertEqual(len(self.lanes._crons()), 32)

    def test_every_slot_is_worked_on_by_exactly_one_lane(self):
        self.lanes._set_count(5)
        worked = []
        self.patch(
            self.registry["q2c.processor"],
            "_run",
            lambda _self, slots: worked.extend(slots),
        )
        for number in self.lanes._crons():
            self.lanes._run(number)
        self.assertEqual(sorted(worked), list(range(SLOTS)))

    def test_wake_up_is_triggered_once(self):
        self.lanes._set_count(2)
        triggers = self.env["ir.cron.trigger"]
        cron = self.lanes._crons()[1]
        self.lanes._wake_slots({1, 3, 5})
        self.lanes._wake_slots({7})
        self.assertEqual(triggers.search_count([("cron_id", "=", cron.id)]), 1)
