"""How each choice of a participant looks: text and buttons, the same while joining and in the settings.

Pure: phrases in, screens out. A button's data is `verb:step:choice`; what a choice means is in `joining`.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, time

from bot.delivery.buttons import button, grid
from bot.delivery.model import Button, Rows
from bot.people.joining import NO_QUIET, QUIET, WINDOWS, Step, is_quiet
from bot.people.model import Pace
from bot.phrases import Phrases
from bot.richtext import Rich
from bot.scheduling.calendar import clock_text, local_time, place, regions


@dataclass(frozen=True)
class Screen:
    """What a message shall show."""

    text: Rich
    buttons: Rows


@dataclass(frozen=True)
class Screens:
    """The screens in one language. `verb` is who hears the taps: joining or the settings."""

    phrases: Phrases
    language: str
    verb: str

    def consent(self, text: Rich, *, page: int, pages: int, languages: Iterable[str]) -> Screen:
        """A page of the consent; the last one asks for the age."""
        back = [self._tap("joining.back", Step.CONSENT, "back", page)] if page else []
        if page + 1 < pages:
            rows: list[tuple[Button, ...]] = [(*back, self._tap("joining.next", Step.CONSENT, "next", page))]
        else:
            text = text + "\n\n" + self._text("joining.age")
            rows = [
                (self._tap("joining.adult", Step.CONSENT, "adult", page),),
                (self._tap("joining.minor", Step.CONSENT, "minor", page),),
            ]
            rows += [tuple(back)] if back else []
        if page == 0:
            rows += grid(self._other_languages(languages), 2)
        return Screen(text, tuple(rows))

    def agree(self, program: str) -> Screen:
        rows = (
            (self._tap("joining.agree", Step.AGREE, "yes"),),
            (self._tap("joining.disagree", Step.AGREE, "no"),),
            self._back(Step.AGREE),
        )
        return Screen(self._text("joining.asked", program=program), rows)

    def mode(self) -> Screen:
        rows = (
            (self._tap("joining.mode.words", Step.MODE, "words"),),
            (self._tap("joining.mode.taps", Step.MODE, "taps"),),
            self._back(Step.MODE),
        )
        return Screen(self._text("joining.mode.question"), rows)

    def name(self, suggested: str, *, taps_only: bool) -> Screen:
        """Typed, or the name that Telegram knows; with taps alone there is always a button to take."""
        rows: list[tuple[Button, ...]] = []
        if suggested:
            rows.append((self._tap("joining.name.use", Step.NAME, "use", name=_short(suggested)),))
        elif taps_only:
            rows.append((self._tap("joining.name.friend", Step.NAME, "friend"),))
        rows.append(self._back(Step.NAME))
        key = "joining.name.question-taps" if taps_only else "joining.name.question"
        return Screen(self._text(key), tuple(rows))

    def zones(self, now: datetime, home: str, *, taps_only: bool) -> Screen:
        """The regions; the program's own zone is first, for most people live near their clinic."""
        nearby = (button(self._zone_label(home, now), self.verb, Step.ZONE, "z", home),)
        others = [
            button(self._plain(f"zones.{region.key}"), self.verb, Step.ZONE, "r", region.key)
            for region in regions()
        ]
        key = "joining.zone.question-taps" if taps_only else "joining.zone.question"
        return Screen(self._text(key), (nearby, *grid(others, 2), self._back(Step.ZONE)))

    def region(self, key: str, now: datetime) -> Screen | None:
        """The zones of one region, with the time it is there now; None for a region there is not."""
        chosen = next((region.zones for region in regions() if region.key == key), None)
        if chosen is None:
            return None
        return self._pick_zone("joining.zone.in-region", [choice.zone for choice in chosen], now)

    def cities(self, zones: Iterable[str], now: datetime) -> Screen:
        """What a typed city may mean."""
        return self._pick_zone("joining.zone.found", zones, now)

    def checkin_time(self, *, window: int, zone: str, now: datetime) -> Screen:
        """A few times of day; earlier and later ones are a tap away."""
        window = min(max(window, 0), len(WINDOWS) - 1)
        hours = [
            button(self._clock(time(hour)), self.verb, Step.TIME, "t", f"{hour:02}00")
            for hour in WINDOWS[window]
        ]
        turns: list[Button] = []
        if window > 0:
            turns.append(self._tap("joining.time.earlier", Step.TIME, "w", window - 1))
        if window < len(WINDOWS) - 1:
            turns.append(self._tap("joining.time.later", Step.TIME, "w", window + 1))
        text = self._text("joining.time.question", now=self._clock(local_time(now, zone)))
        return Screen(text, (*grid(hours, 3), tuple(turns), self._back(Step.TIME)))

    def quiet(self, checkin_time: time) -> Screen:
        """Only quiet hours that leave the check-in its time."""
        spans = [
            button(self.span(*span), self.verb, Step.QUIET, str(number))
            for number, span in enumerate(QUIET)
            if not is_quiet(checkin_time, *span)
        ]
        none = (self._tap("joining.quiet.none", Step.QUIET, "none"),)
        text = self._text("joining.quiet.question")
        return Screen(text, (*grid(spans, 2), none, self._back(Step.QUIET)))

    def pace(self) -> Screen:
        rows = tuple((self._tap(f"joining.pace.{pace}", Step.PACE, pace.value),) for pace in Pace)
        return Screen(self._text("joining.pace.question"), (*rows, self._back(Step.PACE)))

    def languages(self, languages: Iterable[str]) -> Screen:
        """The other languages, each in its own words."""
        rows = grid(self._other_languages(languages), 2)
        return Screen(
            self._text("settings.language.question"), (*rows, (self._tap("joining.back", "lang", "back"),))
        )

    def span(self, quiet_from: time, quiet_to: time) -> str:
        """ "10 pm to 8 am", or that there are no quiet hours."""
        if (quiet_from, quiet_to) == NO_QUIET or quiet_from == quiet_to:
            return self._plain("joining.quiet.none")
        since, until = self._clock(quiet_from), self._clock(quiet_to)
        return self._plain("joining.quiet.span", since=since, until=until)

    def zone_name(self, zone: str) -> str:
        """The label of a zone that is offered, else the city it is named after."""
        labels = {choice.zone: choice.key for region in regions() for choice in region.zones}
        return self._plain(f"zones.{labels[zone]}") if zone in labels else place(zone)

    def _pick_zone(self, question: str, zones: Iterable[str], now: datetime) -> Screen:
        choices = [button(self._zone_label(zone, now), self.verb, Step.ZONE, "z", zone) for zone in zones]
        regions_again = (self._tap("joining.back", Step.ZONE, "regions"),)
        return Screen(self._text(question), (*grid(choices, 2), regions_again))

    def _zone_label(self, zone: str, now: datetime) -> str:
        return f"{self.zone_name(zone)} · {self._clock(local_time(now, zone))}"

    def _other_languages(self, languages: Iterable[str]) -> list[Button]:
        own_words: Callable[[str], str] = lambda code: self.phrases.plain("joining.language", code)  # noqa: E731
        return [
            button(own_words(code), self.verb, "lang", code) for code in languages if code != self.language
        ]

    def _back(self, step: Step) -> tuple[Button, ...]:
        return (self._tap("joining.back", step, "back"),)

    def _tap(self, key: str, step: Step | str, *words: int | str, **values: str) -> Button:
        return button(self._plain(key, **values), self.verb, step, *words)

    def _clock(self, at: time) -> str:
        text = clock_text(at, self.language)
        return text.replace(":00 ", " ")  # "10 pm": whole hours need no minutes on a button

    def _text(self, key: str, **values: str) -> Rich:
        return self.phrases.text(key, self.language, **values)

    def _plain(self, key: str, **values: str) -> str:
        return self.phrases.plain(key, self.language, **values)


def _short(name: str) -> str:
    """A name as long as a button can show it."""
    return name if len(name) <= 20 else name[:19] + "…"
