# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Accounts and their contacts from Salesforce into partners, beside Odoo's own create.

Ours is all there is to it: the bulk jobs are read into the inbox, then the lanes claim,
read, translate, match, create, link and settle, with their commits. Odoo creates
partners of the same values, in batches of as many, with the rights of the same user.
Both take turns in one process and one database; at full size Odoo takes one turn in so
many, since its own create of 300,000 takes longer than all the rest. Of what the
simulator does, making the job's result is not counted: Salesforce does that by itself.
"""

import cProfile
import gc
import time
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import islice
from unittest.mock import patch

import requests
from machine.simulators import Simulators
from salesforce_sim import crowd

from odoo import SUPERUSER_ID, api

from odoo.addons.quote_to_cash.models.engine.processor import LOAD_BATCH_SIZE
from odoo.addons.quote_to_cash.models.engine.queued import SLOTS
from odoo.addons.quote_to_cash.models.provider import provider_salesforce_load as loads

from .backend_time import backend_seconds
from .errors import require
from .memory import Memory

PEOPLE = 2
CHANGES = 1000
# With more accounts Odoo takes one turn in ten.
EVERY_TURN_UP_TO = 5000
PARTS = 10
DAY = 86400
CHANGED = "Changed since"
# Theirs are other customers: else ours would be found to be theirs.
OTHERS = 50_000_000
USER = "integration@simulated.example"
# So many companies are read back at a time.
CHECKED = 5000
# Read back at the end, and compared with what was to be entered.
ACCOUNT_FIELDS = (
    "name is_company phone website ref street city zip state_id country_id".split()
)
CONTACT_FIELDS = "name is_company phone email function parent_id".split()


@dataclass
class Spent:
    """What a side needed."""

    seconds: float = 0.0
    # Of which processors were at work: here, and for us in PostgreSQL.
    busy: float = 0.0
    records: int = 0
    queries: int = 0

    @property
    def rate(self):
        return self.records / self.seconds if self.seconds else 0.0

    @property
    def effort(self):
        """Milliseconds of work a record, whatever else the machine does."""
        return 1000 * self.busy / self.records if self.records else 0.0

    def since(self, before):
        """What was spent after ``before``."""
        return Spent(*(now - then for now, then in zip(self, before, strict=True)))

    def __iter__(self):
        return iter((self.seconds, self.busy, self.records, self.queries))


class Org:
    """The simulated organisation, from behind."""

    def __init__(self, url):
        self.url = url
        self.http = requests.Session()
        self.http.trust_env = False

    def control(self, path, **body):
        answer = self.http.post(f"{self.url}/_sim/{path}", json=body)
        require(answer.ok, answer.text)
        return answer.json()

    @property
    def calls(self):
        return self.http.get(f"{self.url}/_sim/state").json()["api_calls"]

    def change(self, ids):
        """Let the accounts ``ids`` have changed."""
        token = self.control("sessions")["access_token"]
        for start in range(0, len(ids), 200):
            records = [
                {"attributes": {"type": "Account"}, "id": i, "AccountNumber": CHANGED}
                for i in ids[start : start + 200]
            ]
            answer = self.http.patch(
                f"{self.url}/services/data/v66.0/composite/sobjects",
                json={"records": records},
                headers={"Authorization": f"Bearer {token}"},
            )
            require(all(row["success"] for row in answer.json()), answer.text)


class Side:
    """One way to do the work, with a transaction of its own."""

    profiler = None

    def __init__(self, registry, connection_id):
        self.env = api.Environment(registry.cursor(), SUPERUSER_ID, {})
        self.connection = self.env["q2c.connection"].browse(connection_id)
        self.spent = Spent()

    def timed(self, work):
        """What ``work`` returns, which is how many records it was."""
        gc.collect()
        queries, busy = self.env.cr.sql_log_count, self._busy()
        started = time.perf_counter()
        count = self.profiler.runcall(work) if self.profiler else work()
        self.spent.seconds += time.perf_counter() - started
        self.spent.busy += self._busy() - busy
        self.spent.queries += self.env.cr.sql_log_count - queries
        return count

    def _busy(self):
        return time.process_time() + backend_seconds(self.env.cr)

    def close(self):
        self.env.cr.close()


class Ours(Side):
    def __init__(self, registry, connection_id):
        super().__init__(registry, connection_id)
        count = self.env["q2c.lane"]._count()
        self.lanes = [range(number, SLOTS, count) for number in range(count)]
        self.waited = 0.0

    def fetch(self):
        """Read all streams until none of them is being loaded."""
        with self._not_counting("_look"), self._not_counting("_begin"):
            before = self.waited
            self.timed(self._fetch)
            self.spent.seconds -= self.waited - before

    def _fetch(self):
        while True:
            self.connection.stream_ids.next_run = "2000-01-01"
            self.connection._run_poll()
            self.env.cr.commit()
            if not any(s._is_to_load() for s in self.connection.stream_ids):
                return

    def _not_counting(self, name):
        step = getattr(loads._Load, name)

        def timed(load):
            started = time.perf_counter()
            try:
                return step(load)
            finally:
                self.waited += time.perf_counter() - started

        return patch.object(loads._Load, name, timed)

    def turn(self):
        """A batch of the next lane that has one; how many records, 0 at the end."""
        while self.lanes:
            lane = self.lanes.pop(0)
            count = self.timed(lambda lane=lane: self._batch(lane))
            self.spent.records += count
            if count:
                self.lanes.append(lane)
                return count
        return 0

    def _batch(self, lane):
        count = self.env["q2c.processor"]._run_batch(set(lane))
        self.env["ir.cron"]._commit_progress(count)
        return count


class Theirs(Side):
    def __init__(self, registry, connection_id, accounts, every):
        """:param accounts: how many of them, with their people, in all
        :param every: a turn in so many"""
        super().__init__(registry, connection_id)
        self.accounts = accounts
        # People are created after all companies, in batches of their own.
        self.tasks = (
            (("account", n, 0) for n in range(accounts)),
            (("contact", n, p) for n in range(accounts) for p in range(PEOPLE)),
        )
        self.every, self.turns = every, 0
        self.ids = {}
        self.state, self.country = places(self.env)

    def turn(self, count):
        self.turns += 1
        if self.turns % self.every:
            return
        tasks = self._next(count)
        if tasks:
            self.timed(lambda: self._create(tasks))
        self.spent.records += len(tasks)

    def finish(self):
        """Create what is left, uncounted: the last turns need not have been theirs."""
        while tasks := self._next(LOAD_BATCH_SIZE):
            self._create(tasks)

    def _next(self, count):
        slices = (list(islice(tasks, count)) for tasks in self.tasks)
        return next(filter(None, slices), [])

    def _create(self, tasks):
        # What the addon hangs on a new partner is no part of Odoo's work.
        with without_hooks(self.env):
            model = self.connection._as_service().env["res.partner"]
            made = model.create([self.values(*task) for task in tasks])
            for (kind, number, _place), partner in zip(tasks, made, strict=True):
                if kind == "account":
                    self.ids[number] = partner.id
            self.env["ir.cron"]._commit_progress(0)

    def values(self, kind, number, place):
        if kind == "account":
            values = account_values(number + OTHERS)
            return {**values, "state_id": self.state.id, "country_id": self.country.id}
        values = contact_values(number + OTHERS, place)
        return {**values, "type": "contact", "parent_id": self.ids[number]}


@contextmanager
def without_hooks(env):
    """Context in which the addon keeps no keys of partners and tells nobody of them."""
    registry = env.registry
    keys, partner = registry["q2c.match.key"], registry["res.partner"]
    with (
        patch.object(keys, "_refresh", lambda _self, _partners: None),
        patch.object(partner, "_q2c_enqueue_update", lambda _self: None),
    ):
        yield


def places(env):
    """The state and the country of all addresses."""
    country = env.ref("base.us")
    return country.state_ids.filtered(lambda s: s.code == "MA"), country


def account_values(number):
    said = crowd.account(number)
    return {
        "name": said["Name"],
        "is_company": True,
        "phone": said["Phone"],
        "website": said["Website"],
        "ref": said["AccountNumber"],
        "street": said["BillingStreet"],
        "city": said["BillingCity"],
        "zip": said["BillingPostalCode"],
    }


def contact_values(number, place):
    said = crowd.contact(number, place)
    return {
        "name": f"{said['FirstName']} {said['LastName']}",
        "is_company": False,
        "phone": said["Phone"],
        "email": said["Email"],
        "function": said["Title"],
    }


def run(env, arguments):
    """Measure and print; returns the closing line."""
    accounts = arguments.accounts
    with Simulators("salesforce_sim") as stand_ins:
        org = Org(stand_ins.url("salesforce_sim"))
        org.control("org", bulk_looks=0, daily_limit=1_000_000)
        # Of yesterday: else the polls' overlap would read all of them once more.
        org.control("clock", advance=-DAY)
        records = org.control("crowd", accounts=accounts, people=PEOPLE)["records"]
        org.control("clock", advance=DAY)
        print(f"   {accounts} accounts, {records - accounts} contacts", flush=True)
        connection_id = connect(env, org).id
        ours = Ours(env.registry, connection_id)
        every = arguments.odoo_every or (1 if accounts <= EVERY_TURN_UP_TO else 10)
        share = max(accounts // every, 1)
        theirs = Theirs(env.registry, connection_id, share, every)
        if arguments.profile:
            ours.profiler = cProfile.Profile()
            print("   the profiler makes ours slow: rates and ratio mean nothing")
        try:
            return _contest(org, ours, theirs, records, arguments)
        finally:
            if ours.profiler:
                ours.profiler.dump_stats(arguments.profile)
            ours.close()
            theirs.close()


def _contest(org, ours, theirs, records, arguments):
    before = org.calls
    memory = Memory()
    ours.fetch()
    fetched, seconds = memory.peak(), ours.spent.seconds
    print(
        f"   {records} records in the inbox: {records / seconds:.0f}/s,"
        f" {org.calls - before} calls, peak {fetched} MB;"
        f" {ours.waited:.0f} s of the simulator's work are not counted",
        flush=True,
    )
    _apply(ours, theirs, records, memory)
    calls = org.calls - before
    theirs.finish()
    _check(ours, theirs, arguments.accounts)
    _say_queries(ours, theirs)
    ours.connection.invalidate_recordset()
    counted = ours.connection.api_calls
    require(counted == calls, f"{counted} calls were counted, {calls} were made")
    print(f"   {calls} API calls for the load, {records / calls:.0f} records a call")
    ratio = ours.spent.rate / theirs.spent.rate
    line = (
        f"bench load ratio={ratio:.2f} ours={ours.spent.rate:.1f}"
        f" theirs={theirs.spent.rate:.1f} records/s"
    )
    _poll(org, ours, min(CHANGES, arguments.accounts))
    return line


def _apply(ours, theirs, records, memory):
    """Work on all that is in the inbox, and tell of each tenth what it took: what grows
    with the size shows in the last one."""
    part, said = 1, [replace(side.spent) for side in (ours, theirs)]
    memory.reset()
    while count := ours.turn():
        theirs.turn(count)
        if ours.spent.records >= part * records / PARTS:
            _say(ours, theirs, said, memory)
            part, said = part + 1, [replace(side.spent) for side in (ours, theirs)]
            memory.reset()


def _say(ours, theirs, said, memory):
    lately = [side.spent.since(s) for side, s in zip((ours, theirs), said, strict=True)]
    rates = ", ".join(
        f"{name} {spent.rate:.0f}/s ({spent.effort:.1f} ms of work each)"
        for name, spent in zip(("ours", "Odoo"), lately, strict=True)
    )
    print(
        f"   to {ours.spent.records} records: {rates}, peak {memory.peak()} MB",
        flush=True,
    )


def _say_queries(ours, theirs):
    shares = [side.spent.queries / side.spent.records for side in (ours, theirs)]
    print(
        f"   SQL queries a record in batches of {LOAD_BATCH_SIZE}:"
        f" ours {shares[0]:.2f}, Odoo {shares[1]:.2f}"
    )
    efforts = [side.spent.effort for side in (ours, theirs)]
    print(
        f"   work a record, here and in PostgreSQL: ours {efforts[0]:.2f} ms, Odoo"
        f" {efforts[1]:.2f} ms, ratio {efforts[1] / efforts[0]:.2f}"
    )


def _poll(org, ours, count):
    """What changed since is polled and applied."""
    bindings = ours.env["q2c.binding"].search([("kind", "=", "customer")], limit=count)
    org.change(bindings.mapped("external_id"))
    calls, queries = org.calls, ours.env.cr.sql_log_count
    started = time.perf_counter()
    ours._fetch()
    ours.env["q2c.processor"]._run(range(SLOTS))
    seconds = time.perf_counter() - started
    queries = ours.env.cr.sql_log_count - queries
    ours.env.invalidate_all()
    found = ours.env["res.partner"].search_count([("ref", "=", CHANGED)])
    require(found == len(bindings), f"{found} of {len(bindings)} changes arrived")
    print(
        f"   {found} changes among them polled and applied in {seconds:.1f} s"
        f" ({found / seconds:.0f}/s) with {org.calls - calls} calls and"
        f" {queries} SQL queries",
        flush=True,
    )


def connect(env, org):
    """An active connection to ``org``, committed."""
    org.control(
        "apps",
        client_id="client",
        client_secret="secret",
        user=USER,
        client_credentials=True,
    )
    connection = env["q2c.connection"].create(
        {
            "name": "Salesforce",
            "provider": "salesforce",
            "salesforce_sign_in": "client_credentials",
            "salesforce_login_url": org.url,
            "salesforce_client_id": "client",
            "salesforce_client_secret": "secret",
            "sync_from": "2000-01-01",
        }
    )
    connection.action_activate()
    connection.env["q2c.api.use"]._of(connection)
    env.cr.execute("DELETE FROM q2c_api_use")
    env.cr.commit()
    return connection


def _check(ours, theirs, accounts):
    """Every record became the partner that it says, on both sides.

    :raises BenchError: one did not
    """
    env = ours.env
    env.invalidate_all()
    left = env["q2c.event"].search([("state", "!=", "done")], limit=1)
    require(not left, f"{left.external_id} is {left.state}: {left.message}")
    state, country = places(env)
    for first, count in ((0, accounts), (OTHERS, theirs.accounts)):
        for start in range(first, first + count, CHECKED):
            numbers = range(start, min(start + CHECKED, first + count))
            _check_side(env, numbers, state, country)
            env.invalidate_all()
    print(
        f"   {accounts} companies with {accounts * PEOPLE} people are what they should"
        f" be, and so are {theirs.accounts} of Odoo's"
    )


def _check_side(env, numbers, state, country):
    own = {"state_id": state.id, "country_id": country.id}
    wanted = {f"C-{n}": {**account_values(n), **own} for n in numbers}
    companies = {}
    model = env["res.partner"]
    found = model.search_read([("ref", "in", list(wanted))], ACCOUNT_FIELDS, load=None)
    require(len(found) == len(wanted), f"{len(found)} of {len(wanted)} companies")
    for row in found:
        companies[row.pop("id")] = int(row["ref"][2:])
        expected = wanted[row["ref"]]
        require(row == expected, f"{row} instead of {expected}")
    rows = model.search_read(
        [("parent_id", "in", list(companies))], CONTACT_FIELDS, load=None
    )
    require(len(rows) == len(wanted) * PEOPLE, f"{len(rows)} people")
    for row in rows:
        number = companies[row.pop("parent_id")]
        del row["id"]
        expected = [contact_values(number, place) for place in range(PEOPLE)]
        require(row in expected, f"{row} is none of {expected}")
