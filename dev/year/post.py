# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""How Stripe's webhooks reach Odoo: one after the other, twice, in any order, or weeks
late; and when all that reached it was worked on."""

import time

from story import sql
from story.waiting import StoryError

# What each week is like; held ones are sent with the next that is not, last first.
WEEKS = ("normal", "duplicate", "shuffle", "hold", "shuffle", "hold", "hold")
# Stripe goes on for three days; the pauses stand for that.
PATIENCE = [0.5] * 400
# How long nothing may happen: of a thousand customers a month takes its time.
SECONDS = 300
PAUSE = 3
DONE = "SELECT state, count(*) FROM q2c_event GROUP BY state"
OPEN = """
    SELECT kind, object_id, state, waiting_for FROM q2c_event
     WHERE state IN ('queued', 'waiting', 'failed')
"""


class Post:
    """The deliveries of a ``SimulatedAccount`` to a database."""

    def __init__(self, account, database, seed):
        self.account = account
        self.database = database
        self.seed = seed
        # How often the webhooks of a week were delivered how: {mode: weeks}
        self.weeks = {}
        self._hurried = 0

    def start_week(self, number):
        """Choose how this week's are delivered."""
        mode = WEEKS[number % len(WEEKS)]
        if mode != "hold":
            self.release()
        self._set(mode, number)
        self.weeks[mode] = self.weeks.get(mode, 0) + 1

    def release(self):
        """Send what was held, last first, each twice."""
        self.account.control("webhooks/release", {"order": "reverse", "times": 2})

    def end(self):
        """Nothing is held back any more."""
        self.release()
        self._set("normal", 0)

    def _set(self, mode, number):
        values = {"mode": mode, "seed": self.seed + number, "backoff": PATIENCE}
        self.account.control("webhooks", values)

    def settle(self):
        """Wait until everything that was sent was worked on.

        :raises StoryError: naming what is not, when nothing goes on any more
        """
        before, since = None, time.monotonic()
        while not self._is_settled():
            done = sql.rows(self.database, DONE)
            if done != before:
                before, since = done, time.monotonic()
            if time.monotonic() - since > SECONDS:
                left = self.left()
                head = f"{len(left)} events are left, and nothing happens any more:"
                raise StoryError("\n".join([head, *left[:20]]))
            time.sleep(PAUSE / 10)

    def left(self):
        """What is open although nothing holds it, a sentence each."""
        return [
            f"{kind} {name} is {state}, waiting for {wanted or 'its turn'}"
            for kind, name, state, wanted in stuck(self.database)
        ]

    def _is_settled(self):
        if not self.account.control("webhooks", method="GET")["idle"]:
            return False
        rows = stuck(self.database)
        waiting = rows and all(state == "waiting" for _k, _o, state, _w in rows)
        # Not all the time: who hurries a lane that is at work sets it back.
        if waiting and time.monotonic() - self._hurried > PAUSE:
            sql.let_time_pass(self.database)
            self._hurried = time.monotonic()
        return not rows


def stuck(database):
    """Events that are open, but for those that wait for what a person must see to."""
    rows = sql.rows(database, OPEN)
    behind = {f"{kind}:{name}" for kind, name, state, _w in rows if state == "failed"}
    left = [row for row in rows if row[2] != "failed"]
    while True:
        blocked = [row for row in left if row[3] in behind]
        if not blocked:
            return left
        behind |= {f"{kind}:{name}" for kind, name, _s, _w in blocked}
        left = [row for row in left if row not in blocked]


def described(database):
    """What a person must see to, as the sync log words it."""
    return sql.rows(
        database,
        "SELECT kind, object_id, reason, message FROM q2c_event"
        " WHERE state = 'failed' ORDER BY kind, object_id",
    )
