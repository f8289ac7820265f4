"""The diary of the academy: many lives side by side, whoever's act comes next acts next, up to now.

A large academy is lived by several processes, each with lives of its own. They keep one calendar: nobody begins a day
before the others have come to it, and an act by which a register gives a number waits until everything earlier is
done. So numbers follow time whoever was quicker, and the same seed gives the same numbers.
"""

from __future__ import annotations

import heapq
import os
import signal
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from multiprocessing import get_context
from typing import TYPE_CHECKING, Final, NamedTuple, Protocol

from django.db import connection, connections

from zachetka.core.clock import legal_date
from zachetka.demo.acts import Act

if TYPE_CHECKING:
    from multiprocessing.context import ForkProcess

LOOK_SECONDS: Final = 0.2
"""How often whoever waits looks whether the others are still there."""
_FORK: Final = get_context("fork")
_ALL_DONE: Final = 1e18


class BuildFailed(Exception):
    """One of the hands could not go on; it has said why."""


class Living(Protocol):
    """A life: yields its next act and does it when it is resumed."""

    def acts(self) -> Iterator[Act]: ...


class _Place(NamedTuple):
    """How far a hand has come: the moment of its act, and the place of its life among all."""

    at: float
    life: int


def live(lives: Sequence[Living], until: datetime, *, hands: int, done: Callable[[int], None]) -> None:
    """Let every life act in the order of time and stop at `until`.

    Args:
        lives: each is lived by the hand of its place modulo `hands`.
        until: the present moment.
        hands: how many processes; 1 is this one.
        done: told how many acts have passed.

    Raises:
        BuildFailed: another hand failed.
    """
    if hands == 1:
        with _written_lazily():
            for acted, _ in enumerate(_acts(dict(enumerate(lives)), until, lambda _act, _life: None), 1):
                done(acted)
        return
    connections.close_all()  # a connection has one owner
    calendar = Calendar(hands)
    children = [_FORK.Process(target=_hand, args=(hand, lives, until, calendar), daemon=True) for hand in range(hands)]
    for child in children:
        child.start()
    try:
        while any(child.is_alive() for child in children):
            _refuse_failed(children)
            done(calendar.acted())
            time.sleep(LOOK_SECONDS)
        _refuse_failed(children)
    finally:
        for child in children:
            child.terminate()
            child.join()


def _refuse_failed(children: Sequence[ForkProcess]) -> None:
    failed = [child for child in children if child.exitcode]
    if failed:
        raise BuildFailed(f"a process of the demo academy ended with code {failed[0].exitcode}")


def _hand(hand: int, lives: Sequence[Living], until: datetime, calendar: Calendar) -> None:
    """Live the lives of one hand, in a process of its own."""
    os.setsid()  # Ctrl-C reaches the command alone, which ends its hands
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    for inherited in connections.all(initialized_only=True):
        del connections[inherited.alias]  # forgotten, not closed: whoever opened it goes on with it
    own = {place: life for place, life in enumerate(lives) if place % calendar.hands == hand}
    try:
        with _written_lazily():
            for _ in _acts(own, until, lambda act, place: calendar.come_to(hand, act, place)):
                calendar.count(hand)
        calendar.leave(hand)
    finally:
        connections.close_all()


def _acts(lives: dict[int, Living], until: datetime, come_to: Callable[[Act, int], None]) -> Iterator[None]:
    """Act after act of `lives`; each action is a transaction of its own, `come_to` may let it wait."""
    waiting: list[tuple[Act, int, Iterator[Act]]] = []
    for place, life in lives.items():
        acts = life.acts()
        heapq.heappush(waiting, (next(acts), place, acts))
    while waiting and waiting[0][0].at <= until:
        act, place, acts = heapq.heappop(waiting)
        come_to(act, place)
        following = next(acts, None)
        if following is not None:
            heapq.heappush(waiting, (following, place, acts))
        yield


@contextmanager
def _written_lazily() -> Iterator[None]:
    """Let commits reach the disk a little later: a build that a fall of the machine cuts short is begun anew."""
    with connection.cursor() as cursor:
        cursor.execute("SET synchronous_commit = off")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("RESET synchronous_commit")


class Calendar:
    """One calendar for all hands, in memory that their processes share."""

    def __init__(self, hands: int) -> None:
        self.hands = hands
        self._command = os.getpid()
        self._turned = _FORK.Condition()
        self._at = _FORK.Array("d", hands, lock=False)
        self._life = _FORK.Array("q", hands, lock=False)
        self._day = _FORK.Array("q", hands, lock=False)
        self._acted = _FORK.Array("q", hands, lock=False)

    def come_to(self, hand: int, act: Act, life: int) -> None:
        """Say that `hand` has come to `act` of the life in this place, and wait for the others as the act asks."""
        here, day = _Place(act.at.timestamp(), life), legal_date(act.at).toordinal()
        with self._turned:
            self._at[hand], self._life[hand], self._day[hand] = here.at, here.life, day
            self._turned.notify_all()
            while not self._may(hand, here, day, act):
                self._refuse_orphaned()
                self._turned.wait(LOOK_SECONDS)
        self._refuse_orphaned()

    def _refuse_orphaned(self) -> None:
        if os.getppid() != self._command:
            raise BuildFailed("the command that builds the academy is gone")

    def _may(self, hand: int, here: _Place, day: int, act: Act) -> bool:
        others = [other for other in range(self.hands) if other != hand]
        if act.gives_number and any(_Place(self._at[other], self._life[other]) < here for other in others):
            return False
        return all(self._day[other] >= day for other in others)

    def leave(self, hand: int) -> None:
        """Say that `hand` has come to the end."""
        with self._turned:
            self._at[hand], self._day[hand] = _ALL_DONE, int(_ALL_DONE)
            self._turned.notify_all()

    def count(self, hand: int) -> None:
        """Count an act of `hand`."""
        self._acted[hand] += 1

    def acted(self) -> int:
        """Return how many acts have passed."""
        return sum(self._acted)
