"""What people do while the program is being killed, and a record of it to be held against what became of it."""

import random
import re
from collections import Counter
from dataclasses import dataclass, field

from bot.sandbox import Person, Sandbox
from bot.sandbox.state import SeenMessage
from torture.cast import Cast

URGENT = ("I want to kill myself tonight", "I took all my pills, I want to die", "quiero matarme hoy")
ELEVATED = ("I drank again last night", "I used again yesterday")
COMMANDS = ("/help", "/privacy")
RECENT = 40  # messages of a chat in which somebody looks for a button


@dataclass
class Done:
    """What people did, by Telegram id. `claimed` holds the callback data of the cards that staff took."""

    worrying: Counter[int] = field(default_factory=Counter)
    asked: Counter[int] = field(default_factory=Counter)
    commands: Counter[int] = field(default_factory=Counter)
    claimed: set[str] = field(default_factory=set)
    taps: int = 0


class Life:
    """Everybody's doings, one at a time, by chance."""

    def __init__(self, sandbox: Sandbox, cast: Cast, chance: random.Random) -> None:
        self._sandbox = sandbox
        self._cast = cast
        self._chance = chance
        self._visitors = list(cast.visitors)
        self._came: list[Person] = []
        self.done = Done()

    def act(self) -> None:
        """Somebody does something."""
        doings = (self._worry, self._ask_for_a_command, self._take_an_alert, self._answer, self._visit)
        self._chance.choices(doings, weights=(8, 3, 6, 2, 1))[0]()

    def _worry(self) -> None:
        person = self._chance.choice(self._cast.worried)
        person.says(self._chance.choice(URGENT if self._chance.random() < 0.8 else ELEVATED))
        self.done.worrying[person.id] += 1

    def _ask_for_a_command(self) -> None:
        person = self._chance.choice(self._cast.walkers)
        person.says(COMMANDS[self.done.commands[person.id] % len(COMMANDS)])
        self.done.commands[person.id] += 1

    def _take_an_alert(self) -> None:
        who = self._chance.choice((self._cast.administrator, *self._cast.staff))
        found = [found for found in self._buttons(who, "alert-claim:") if found[1] not in self.done.claimed]
        if found:
            message, data = self._chance.choice(found)
            who.taps_data(message, data)
            self.done.claimed.add(data)
            self.done.taps += 1

    def _answer(self) -> None:
        """Somebody answers a question of their check-in."""
        for person in self._chance.sample(self._cast.prompted, min(20, len(self._cast.prompted))):
            found = self._buttons(person, "ci-answer:")
            if found:
                person.taps_data(*self._chance.choice(found))
                self.done.taps += 1
                return

    def _visit(self) -> None:
        """Somebody who has not joined says something urgent, and, once the numbers came, asks for a person."""
        for person in self._came:
            found = [] if self.done.asked[person.id] else self._buttons(person, "tell-staff:")
            if found:
                person.taps_data(*found[0])
                self.done.asked[person.id] += 1
                return
        if self._visitors:
            person = self._visitors.pop()
            person.says(self._chance.choice(URGENT))
            self._came.append(person)

    def _buttons(self, person: Person, start: str) -> list[tuple[SeenMessage, str]]:
        """The newest messages of a private chat with a button whose data begins so."""
        world = self._sandbox.world
        newest = list(world.chats[person.id].messages.values())[-RECENT:]
        seen = [world.seen(message) for message in newest if message.markup]
        return [
            (message, button.callback_data)
            for message in seen
            for row in message.buttons
            for button in row
            if button.callback_data and re.match(start, button.callback_data)
        ]
