"""Two workers on one database, played by hypothesis; and what the play finds when a safeguard is taken away.

More examples: MODEL_EXAMPLES=3000 python -m pytest -n 0 tests/model
"""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from bot.delivery.model import Outcome
from bot.screening.model import Level
from tests.model import mutants
from tests.model.machine import Machine
from tests.model.world import World

EXAMPLES = int(os.environ.get("MODEL_EXAMPLES", "40"))
TO_CATCH = 1000  # examples in which a mutant must be caught
PLAY = settings(
    max_examples=EXAMPLES,
    stateful_step_count=40,
    deadline=None,
    derandomize="MODEL_EXAMPLES" not in os.environ,
    database=None,
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture
def play(tmp_path: Path) -> Iterator[Callable[[settings], None]]:
    """Play on a database of its own, made when the play begins: a mutant may have changed its tables."""
    worlds: list[World] = []

    def run(how: settings) -> None:
        worlds.append(World(tmp_path))
        Machine.world = worlds[0]
        run_state_machine_as_test(Machine, settings=how)  # type: ignore[no-untyped-call]

    yield run
    for world in worlds:
        world.close()


def test_what_was_taken_up_again_by_a_clock_that_was_ahead_leaves_when_it_is_right(tmp_path: Path) -> None:
    """Found by the play below: an alert waited for an hour."""
    world = World(tmp_path)
    world.clear()
    world.worry(0, Level.URGENT)
    world.claim(world.workers[0])
    world.telegram(world.workers[0], 0, Outcome.SENT, has_arrived=True)
    world.clock.step(3600)
    world.claim(world.workers[0])  # takes up again what it has in hand itself, and has no room for all of it
    world.clock.step(-3600)

    world.calm()

    assert world.wrong_at_rest() == []
    world.close()


def test_nothing_is_lost_doubled_or_out_of_order(play: Callable[[settings], None]) -> None:
    play(PLAY)


@pytest.mark.sqlite
@pytest.mark.parametrize("mutant", mutants.CAUGHT_BY, ids=lambda mutant: mutant.__name__)
def test_a_program_without_this_safeguard_is_caught(
    mutant: Callable[[pytest.MonkeyPatch], None],
    monkeypatch: pytest.MonkeyPatch,
    play: Callable[[settings], None],
) -> None:
    mutant(monkeypatch)

    with pytest.raises(AssertionError, match=mutants.CAUGHT_BY[mutant]):
        play(settings(PLAY, max_examples=TO_CATCH, phases=[Phase.generate]))
