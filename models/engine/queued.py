# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What inbox and outbox have in common: states, retries, and what a person may do."""

import random
import traceback
import zlib
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ...canonical import Hold, Retry, Wait
from .reasons import REASONS, is_patient, is_refusal

# Partition keys hash to slots, slots go to lanes by remainder: the number of lanes can
# change without rewriting a row.
SLOTS = 1024

OPEN_STATES = ("queued", "waiting")
FIRST_DELAY = timedelta(seconds=15)
LONGEST_DELAY = timedelta(hours=1)
MAX_ATTEMPTS = 12
# A dependency may take long to appear (an approval, a weekend), not for ever.
MAX_WAIT = timedelta(days=7)


def slot_of(partition: str) -> int:
    """The slot, 0 … SLOTS-1, in which everything of ``partition`` stands in line."""
    return zlib.crc32(partition.encode()) % SLOTS


def backoff(attempts: int) -> timedelta:
    """Delay before the next try after ``attempts`` tries: doubled each time up to the
    longest, times 0.5 … 1 so that what failed together does not come back together."""
    delay = min(FIRST_DELAY * 2 ** min(max(attempts - 1, 0), 20), LONGEST_DELAY)
    return delay * random.uniform(0.5, 1.0)


class Queued(models.AbstractModel):
    _name = "q2c.queued"
    _inherit = "q2c.reasoned"
    _description = "Queued Work"

    connection_id = fields.Many2one(
        "q2c.connection", required=True, readonly=True, ondelete="restrict", index=True
    )
    provider = fields.Selection(related="connection_id.provider")
    company_id = fields.Many2one(
        related="connection_id.company_id", store=True, precompute=True, index=True
    )
    state = fields.Selection(
        [
            ("queued", "Queued"),
            ("waiting", "Waiting"),
            ("done", "Done"),
            ("skipped", "Skipped"),
            ("failed", "Failed"),
        ],
        required=True,
        readonly=True,
        default="queued",
        copy=False,
        group_expand="_group_expand_state",
        help="Queued: next in line. Waiting: for a dependency or the next try. "
        "Done: applied. Skipped: nothing to do, or set aside by a person. "
        "Failed: a person must act.",
    )
    reason = fields.Char(
        string="Reason Code",
        readonly=True,
        index="btree_not_null",
        help="Why the state is what it is.",
    )
    message = fields.Text(readonly=True, help="What is wrong, on which record.")
    remedy = fields.Text(readonly=True, help="What to do about it.")
    traceback = fields.Text(
        readonly=True, prefetch=False, groups="quote_to_cash.group_manager"
    )
    attempts = fields.Integer(readonly=True)
    next_attempt = fields.Datetime(
        required=True, readonly=True, default=fields.Datetime.now
    )
    waiting_for = fields.Char(
        readonly=True,
        index="btree_not_null",
        help="The object whose arrival wakes this one up.",
    )
    trace = fields.Char(
        readonly=True,
        index="btree_not_null",
        help="One id for everything that belongs to the same deal.",
    )
    processed_at = fields.Datetime(readonly=True)
    duration = fields.Float(
        string="Duration (ms)",
        readonly=True,
        aggregator="avg",
        help="Milliseconds of its share of the batch it was processed in.",
    )

    @api.model
    def _group_expand_state(self, _states, _domain):
        """On a board, what needs a person stands first, empty or not."""
        return ["failed", "waiting", "queued", "done", "skipped"]

    # ------------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------------

    def action_retry(self):
        """Put what is not done back in line, now."""
        self._check_operator()
        rows = self.filtered(lambda row: row.state in ("failed", "waiting", "skipped"))
        if not rows:
            raise UserError(
                self.env._("Only what failed, waits or was skipped can be retried.")
            )
        # sudo: operators may move the queue on, but not edit its rows at will
        rows.sudo()._requeue()
        rows.connection_id._wake_queues()
        return True

    def action_skip(self):
        """Set aside what will not be processed."""
        self._check_operator()
        rows = self.filtered(lambda row: row.state in ("failed", "waiting", "queued"))
        if not rows:
            raise UserError(self.env._("Only open or failed rows can be skipped."))
        # sudo: see action_retry
        rows.sudo().write(
            {
                "state": "skipped",
                "reason": "by_user",
                "message": self.env._("Skipped by %s.", self.env.user.name),
                "waiting_for": False,
            }
        )
        # sudo: see action_retry
        rows.sudo()._tell_skipped()
        return True

    def _check_operator(self):
        self.check_access("read")
        if not self.env.su and not self.env.user.has_group(
            "quote_to_cash.group_operator"
        ):
            raise UserError(
                self.env._(
                    "Only operators may retry or skip. Ask an administrator for the "
                    "Quote to Cash role Operator."
                )
            )

    # ------------------------------------------------------------------
    # STATE CHANGES
    # ------------------------------------------------------------------

    def _requeue(self):
        self.write(
            {
                "state": "queued",
                "reason": False,
                "message": False,
                "remedy": False,
                "traceback": False,
                "attempts": 0,
                "next_attempt": fields.Datetime.now(),
                "waiting_for": False,
            }
        )

    def _finish(self, state, reason=False, **values):
        """Close the rows as done or skipped."""
        self.write(
            {
                "state": state,
                "reason": reason,
                "message": False,
                "remedy": False,
                "traceback": False,
                "waiting_for": False,
                "processed_at": fields.Datetime.now(),
                **values,
            }
        )

    def _fail(self, error):
        """Record why this one row stopped: waiting or failed, after its kind."""
        self.ensure_one()
        # In a row means for the same reason: having waited for a dependency, or for a
        # breaker to close, is no failed try.
        again = self.reason == getattr(error, "code", "error")
        attempts = self.attempts + 1 if again else 1
        values = {
            "attempts": attempts,
            "processed_at": fields.Datetime.now(),
            "traceback": False,
            "waiting_for": False,
            "remedy": False,
            **self._failure_values(error, attempts),
        }
        self.write(values)

    def _failure_values(self, error, attempts):
        if isinstance(error, Wait):
            return self._wait_values(error, attempts)
        if isinstance(error, Retry):
            return self._retry_values(error, attempts)
        if is_refusal(error):
            return self._refusal_values(error, attempts)
        if isinstance(error, Hold):
            return {
                "state": "failed",
                "reason": error.code,
                "message": error.message,
                "remedy": error.remedy,
            }
        return self._bug_values(error)

    def _wait_values(self, error, attempts):
        if fields.Datetime.now() - self.create_date > MAX_WAIT:
            return {
                "state": "failed",
                "reason": error.code,
                "message": error.message,
                "remedy": self.env._(
                    "It did not appear within %s days. Bring it about, then retry.",
                    MAX_WAIT.days,
                ),
            }
        return {
            "state": "waiting",
            "reason": error.code,
            "message": error.message,
            "waiting_for": str(error.needs) if error.needs else False,
            "next_attempt": fields.Datetime.now() + backoff(attempts),
        }

    def _retry_values(self, error, attempts):
        values = {"reason": error.code, "message": error.message}
        if attempts >= MAX_ATTEMPTS and not is_patient(error):
            remedy = self.env._(
                "It failed %s times in a row. See whether the provider is reachable, "
                "then retry.",
                attempts,
            )
            return {**values, "state": "failed", "remedy": remedy}
        delay = error.after or backoff(attempts)
        return {
            **values,
            "state": "waiting",
            "next_attempt": fields.Datetime.now() + delay,
        }

    def _refusal_values(self, error, attempts):
        """It stays in line: not this row is to be put right, but its connection."""
        return {
            "state": "waiting",
            "reason": error.code,
            "message": error.message,
            "remedy": self.env._(
                "Nothing needs to be done here: it goes on by itself once the test of "
                "the connection %s passes.",
                self.connection_id.name,
            ),
            "next_attempt": fields.Datetime.now() + backoff(attempts),
        }

    def _bug_values(self, error):
        return {
            "state": "failed",
            "reason": "error",
            "message": f"{type(error).__name__}: {error}",
            "remedy": self.env._(
                "This is an error of the program or of a module it works with. Pass "
                "the traceback on to support, then retry."
            ),
            "traceback": "".join(traceback.format_exception(error)),
        }

    @api.model
    def _wake(self, keys):
        """Make everything that waits for one of ``keys`` due now."""
        if not keys:
            return
        waiting = self.search(
            Domain("waiting_for", "in", list(keys)) & Domain("state", "=", "waiting")
        )
        waiting.write({"next_attempt": fields.Datetime.now(), "waiting_for": False})
        if waiting:
            waiting._wake_workers()

    @api.model
    def _wake_refused(self, connection):
        """Make everything due that waits for the credentials of ``connection``."""
        codes = [code for code, reason in REASONS.items() if reason.is_refusal]
        waiting = self.search(
            Domain("connection_id", "=", connection.id)
            & Domain("state", "=", "waiting")
            & Domain("reason", "in", codes)
        )
        waiting.next_attempt = fields.Datetime.now()

    def _wake_workers(self):
        """Have whoever works on these rows look soon."""
        raise NotImplementedError

    def _tell_work_list(self):
        """Hook: these rows were worked on, whatever came of it."""

    def _tell_skipped(self):
        """Hook: a person set these rows aside."""
