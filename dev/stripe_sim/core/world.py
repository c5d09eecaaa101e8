# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""One mode's objects, and the simulation that holds both modes and the clock."""

import threading
from contextlib import contextmanager
from dataclasses import dataclass, field

from stripe_sim.core import errors
from stripe_sim.core.clock import Clock
from stripe_sim.core.events import record_event
from stripe_sim.core.ids import Ids
from stripe_sim.core.present import changes, present
from stripe_sim.core.settings import Settings
from stripe_sim.core.store import Store
from stripe_sim.core.types import TYPES


class World:
    """The objects that a test key sees, or those that a live key sees."""

    def __init__(self, simulation, livemode: bool):
        self.simulation = simulation
        self.livemode = livemode
        self.store = Store()
        # For billing/payouts.py: balance transactions that no payout has taken, whether
        # the day's run is planned, codes of payouts to fail.
        self.untaken: dict[str, dict] = {}
        self.payouts_planned = False
        self.payouts_to_fail: list[str] = []

    @property
    def clock(self) -> Clock:
        return self.simulation.clock

    @property
    def settings(self) -> Settings:
        return self.simulation.settings

    @property
    def ids(self) -> Ids:
        return self.simulation.ids

    def now(self) -> int:
        return self.clock.now()

    def add(self, kind: str, fields: dict, identifier: str | None = None) -> dict:
        """Store a new object without telling anyone; see `create`."""
        obj = {"id": identifier or self.ids.new(TYPES[kind].prefix), "object": kind}
        obj.update(fields)
        obj.setdefault("created", self.now())
        obj.setdefault("livemode", self.livemode)
        return self.store.add(obj)

    def create(self, kind: str, fields: dict, event: str, identifier=None) -> dict:
        obj = self.add(kind, fields, identifier)
        self.emit(event, obj)
        return obj

    def get(self, kind: str, identifier, param="id", status=None) -> dict:
        """The object, or Stripe's 404 (400 where a parameter names it)."""
        obj = self.store.find(kind, identifier)
        if obj is None or (obj.get("deleted") and param != "id"):
            status = status or (404 if param == "id" else 400)
            raise errors.no_such(TYPES[kind].label, identifier, param, status)
        return obj

    def show(self, obj: dict) -> dict:
        return present(self, obj)

    @contextmanager
    def changing(self, obj: dict, event: str):
        """Emit `event` with the previous values if the block changed the object."""
        before = present(self, obj)
        yield obj
        previous = changes(before, present(self, obj))
        if previous:
            self.emit(event, obj, previous)

    def emit(self, event: str, obj: dict, previous: dict | None = None) -> None:
        record_event(self, event, present(self, obj), previous)


@dataclass
class Simulation:
    """Everything: two worlds on one clock, and what stands around them.

    `deliver` is told of each event and of its world. `request` names the call
    being served, for the events it causes; work done by the clock has none.
    """

    seed: int | None = None
    lock: threading.RLock = field(default_factory=threading.RLock)
    deliver: object = None
    request: dict | None = None
    _unsent: list = field(default_factory=list)

    def __post_init__(self):
        self.reset(self.seed)

    def reset(self, seed: int | None = None) -> None:
        self.clock = Clock()
        self.ids = Ids(seed)
        self.settings = Settings()
        self.account_id = self.ids.new("acct")
        self.worlds = {mode: World(self, mode) for mode in (False, True)}

    @contextmanager
    def serving(self, world: World, request: dict):
        """One call: its events go out when it succeeds, or when it is refused with
        a result that stands (a declined card); else what it added is taken back."""
        self.request, self._unsent = request, []
        world.store.begin()
        try:
            yield
        except errors.StripeError as error:
            if not error.stored:
                world.store.roll_back()
                self._unsent = []
            raise
        finally:
            unsent, self.request, self._unsent = self._unsent, None, []
            for event in unsent:
                self.deliver(world, event)

    def announce(self, world: World, event: dict) -> None:
        """Outside a call, that is on the clock, events go out at once."""
        if self.request is not None:
            self._unsent.append(event)
        elif self.deliver:
            self.deliver(world, event)
