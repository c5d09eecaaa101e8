# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Lanes: scheduled actions that work side by side, each on its own partitions.

One ir.cron row never runs twice at once, on however many hosts, so a lane is the only
worker of its slots while it runs.
"""

from odoo import api, models

from .queued import SLOTS

COUNT_PARAMETER = "quote_to_cash.lanes"
DEFAULT_COUNT = 4
MAX_COUNT = 32


class Lane(models.AbstractModel):
    _name = "q2c.lane"
    _description = "Inbox Lane"

    @api.model
    def _count(self):
        """The number of lanes that share the inbox."""
        # sudo: the number steers every flow, whoever triggers it
        value = self.env["ir.config_parameter"].sudo().get_param(COUNT_PARAMETER)
        return int(value) if value else DEFAULT_COUNT

    @api.model
    def _set_count(self, count):
        """Create or remove scheduled actions so that there are ``count`` lanes."""
        count = max(1, min(int(count), MAX_COUNT))
        # sudo: scheduled actions are the system's, the setting is the manager's
        self.env["ir.config_parameter"].sudo().set_param(COUNT_PARAMETER, count)
        crons = self._crons()
        for number in range(count):
            if number not in crons:
                self._create_cron(number)
        for number, cron in crons.items():
            if number >= count:
                cron.unlink()

    @api.model
    def _crons(self):
        """The scheduled actions by lane number."""
        return {
            cron.q2c_lane - 1: cron
            for cron in self.env["ir.cron"]
            # sudo: see _set_count; archived ones count as well
            .sudo()
            .with_context(active_test=False)
            .search([("q2c_lane", ">", 0)])
        }

    @api.model
    def _create_cron(self, number):
        return (
            self.env["ir.cron"]
            # sudo: see _set_count
            .sudo()
            .create(
                {
                    "name": self.env._("Quote to Cash: inbox lane %s", number + 1),
                    "model_id": self.env["ir.model"]._get_id(self._name),
                    "state": "code",
                    "code": f"model._run({number})",
                    "user_id": self.env.ref("base.user_root").id,
                    "interval_number": 1,
                    "interval_type": "minutes",
                    "q2c_lane": number + 1,
                }
            )
        )

    @api.model
    def _run(self, number):
        """Entry point of the scheduled action of lane ``number`` (from 0)."""
        count = self._count()
        slots = [slot for slot in range(SLOTS) if slot % count == number]
        self.env["q2c.processor"]._run(slots)

    @api.model
    def _wake_slots(self, slots):
        """Have the lanes of ``slots`` run soon."""
        count = self._count()
        crons = self._crons()
        for number in {slot % count for slot in slots}:
            if number in crons:
                crons[number]._q2c_wake()
