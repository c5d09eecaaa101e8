# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The clock: work is done in the order of its due time, and time never goes back."""

import pytest
from stripe_sim.core import clock as module
from stripe_sim.core.clock import Clock


@pytest.fixture
def clock():
    standing = Clock()
    standing.start_at(1000)
    return standing


def test_work_is_done_at_its_own_time_and_in_order(clock):
    done = []
    for due in (1030, 1010, 1020):
        clock.at(due, lambda due=due: done.append((due, clock.now())))
    clock.advance_to(1025)
    assert done == [(1010, 1010), (1020, 1020)]
    assert clock.now() == 1025


def test_work_may_plan_more_work_within_the_same_advance(clock):
    done = []

    def monthly():
        done.append(clock.now())
        clock.at(clock.now() + 10, monthly)

    clock.at(1010, monthly)
    clock.advance_to(1040)
    assert done == [1010, 1020, 1030, 1040]


def test_time_never_goes_back(clock):
    with pytest.raises(ValueError, match="forwards"):
        clock.advance_to(999)


def test_a_running_clock_catches_up_over_the_turn_of_a_second(monkeypatch):
    """Each look at the time may already belong to the next second."""
    seconds = iter(range(5000, 6000))
    monkeypatch.setattr(module.time, "time", lambda: next(seconds))
    running, done = Clock(), []
    running.at(running.now(), lambda: done.append(True))
    running.catch_up()
    assert done == [True]


def test_freezing_and_thawing_lose_no_second(clock):
    clock.advance_to(2000)
    clock.thaw()
    assert 2000 <= clock.now() <= 2001
    clock.freeze()
    assert clock.frozen
