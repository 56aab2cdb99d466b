"""The configuration: every setting, wherever it comes from, and every fault at once."""

import base64
import re
import tomllib
from datetime import date, time
from pathlib import Path

import pytest
from pydantic import BaseModel

from bot import config
from bot.errors import Problem, Problems
from bot.storage.sealing import KeyRing, make_key_file

ROOT = Path(__file__).parents[2]
TOKEN = "123456789:AAH" + "x" * 32
ENOUGH = {"HANDRAIL_TELEGRAM__TOKEN": TOKEN, "HANDRAIL_STAFF__ADMINISTRATORS": "11,22"}
KEY = base64.b64encode(b"k" * 32).decode()
OTHER_KEY = base64.b64encode(b"o" * 32).decode()


def written(folder: Path, text: str) -> Path:
    file = folder / "config.toml"
    file.write_text(text, encoding="utf-8")
    return file


def whole(
    rest: str = "", *, telegram: str = f'token = "{TOKEN}"', staff: str = "administrators = [11]"
) -> str:
    return f"[telegram]\n{telegram}\n[staff]\n{staff}\n{rest}"


def problems(path: Path | None, environ: dict[str, str]) -> list[Problem]:
    with pytest.raises(Problems) as caught:
        config.read(path, environ)
    return caught.value.problems


def said(path: Path | None, environ: dict[str, str]) -> str:
    return "\n".join(map(str, problems(path, environ)))


def test_the_environment_alone_is_enough(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)

    read = config.read(None, ENOUGH)

    assert read.telegram.token.get_secret_value() == TOKEN
    assert read.staff.administrators == (11, 22)
    assert read.telegram.base_url == "https://api.telegram.org/bot"
    assert read.database.file == tmp_path / "handrail.sqlite"
    assert read.content.path == tmp_path / "content"
    assert read.program.morning_message == time(8, 30)
    assert read.alerts.ladder == ("on-duty", "next", "group", "fallback")
    assert read.security.ring == ()


def test_a_missing_file_is_no_fault_when_the_environment_is_complete(tmp_path: Path) -> None:
    assert config.read(tmp_path / "config.toml", ENOUGH).program.country == "us"


def test_a_missing_file_is_named_when_something_is_missing(tmp_path: Path) -> None:
    text = said(tmp_path / "config.toml", {})

    assert "config.toml: does not exist." in text
    assert "telegram.token is missing." in text
    assert "staff.administrators is missing." in text


def test_a_file_gives_the_settings(tmp_path: Path) -> None:
    file = written(
        tmp_path,
        whole(
            """
            closed_days = [2026-12-25, "2027-01-01", { date = 2027-07-04, name = "Independence" }]
            [[staff.shifts]]
            handle = "@Ana"
            days = ["Mon", "tuesday"]
            from = "22:00"
            to = 06:00:00
            backup = true
            [program]
            timezone = "America/Denver"
            morning_message = 07:15:00
            """
        ),
    )

    read = config.read(file, {})

    assert [day.date for day in read.staff.closed_days] == [
        date(2026, 12, 25),
        date(2027, 1, 1),
        date(2027, 7, 4),
    ]
    assert read.staff.closed_days[2].name == "Independence"
    shift = read.staff.shifts[0]
    assert (shift.handle, shift.weekdays, shift.start, shift.end, shift.backup) == (
        "ana", frozenset({0, 1}), time(22), time(6), True,
    )  # fmt: skip
    assert (read.program.timezone, read.program.morning_message) == ("America/Denver", time(7, 15))


def test_the_environment_wins(tmp_path: Path) -> None:
    file = written(tmp_path, whole('[program]\ncountry = "us"'))

    read = config.read(
        file, {"HANDRAIL_PROGRAM__COUNTRY": "MX", "HANDRAIL_PROGRAM__LANGUAGES": '["es", "en"]'}
    )

    assert read.program.country == "mx"
    assert read.program.languages == ("es", "en")


def test_relative_paths_are_meant_from_the_files_folder(tmp_path: Path) -> None:
    file = written(
        tmp_path, whole('[database]\nurl = "sqlite:///state/h.sqlite"\n[content]\npath = "../texts"')
    )

    read = config.read(file, {})

    assert read.database.url == f"sqlite:///{tmp_path / 'state/h.sqlite'}"
    assert read.content.path.resolve() == tmp_path.parent / "texts"
    assert read.content.cache == tmp_path / "state" / "content.last-good"
    assert read.security.keys_file == tmp_path / "handrail.keys"


def test_all_problems_come_at_once_each_with_its_line(tmp_path: Path) -> None:
    file = written(
        tmp_path,
        whole(
            """[program]
timezone = "America/Nowhere"
morning_message = "25:00"
[alerts]
urgent_minuts = 5
ladder = ["on-duty", "everyone"]
[[staff.shifts]]
handle = "ana"
days = ["mon"]
from = "08:00"
to = "16:00"
[[staff.shifts]]
handle = "ben"
days = ["mon", "payday"]
from = "08:00"
[sttaff]
"""
        ),
    )

    found = {problem.line: f"{problem.what} {problem.mend}" for problem in problems(file, {})}

    assert "program.timezone is not a time zone: 'America/Nowhere'." in found[6]
    assert "program.morning_message is not a time of day." in found[7]
    assert found[9] == "alerts.urgent_minuts is not a setting. Did you mean urgent_minutes?"
    assert "alerts.ladder no. 2 should be 'on-duty'" in found[10]
    assert found[16] == "staff.shifts no. 2 to is missing. See config.example.toml."
    assert "staff.shifts no. 2 days no. 2 is not a day of the week." in found[18]
    assert found[20] == "sttaff is not a setting. Did you mean staff?"


def test_a_setting_in_the_wrong_section_is_sent_home(tmp_path: Path) -> None:
    assert "Did you mean timezone under [program]?" in said(
        written(tmp_path, 'timezone = "UTC"\n' + whole()), {}
    )


@pytest.mark.parametrize(
    ("text", "line", "what"),
    [
        ("[telegram]\ntoken = abc\n", 2, "is not readable as TOML"),
        ("[telegram]\ntoken = '''abc", 2, "is not readable as TOML"),
        ("telegram = 3\n", 1, "telegram is not a table of settings."),
        ("[telegram]\ntoken = 5\n", 2, "telegram.token is not text"),
        ("[program]\nname = ''\n", 2, "program.name is empty."),
        ("[program]\nlanguage = 'fr'\n", 2, "program.language is not one of program.languages."),
        ("[program]\ncountry = 'usa'\n", 2, "program.country is not a code of two small letters."),
        ("[staff]\nadministrators = []\n", 2, "staff.administrators is empty."),
        ("[staff]\nadministrators = ['ana']\n", 2, "staff.administrators no. 1 is not a whole number."),
        ("[staff]\nchat_id = 5\n", 2, "staff.chat_id should be less than 0."),
        ("[staff]\nfallback = ['a b']\n", 2, "staff.fallback no. 1 is not a handle."),
        ("[staff]\nclosed_days = ['Christmas']\n", 2, "staff.closed_days no. 1 date"),
        ("[alerts]\nladder = ['next', 'next']\n", 2, "alerts.ladder names a step twice."),
        ("[alerts]\nurgent_minutes = 0\n", 2, "should be greater than or equal to 1."),
        ("[database]\nurl = 'mysql://db/handrail'\n", 2, "data is kept in SQLite or PostgreSQL."),
        ("[database]\nurl = 'postgresql://db'\n", 2, "database.url does not name a database."),
        ("[database]\nurl = 'postgresql://db:port/handrail'\n", 2, "is not the address of a database."),
        ("[database]\nurl = 'sqlite://'\n", 2, "does not name a database file."),
        ("[telegram]\nmode = 'pigeon'\n", 2, "telegram.mode should be 'polling' or 'webhook'."),
        ("[telegram]\nbase_url = 'api.telegram.org'\n", 2, "telegram.base_url is not a web address."),
        ("[telegram]\nbase_url = 'http://127.0.0.1:8081'\n", 2, 'does not end in "/bot".'),
        ("[http]\nlisten = '8080'\n", 2, "http.listen is not an address to listen on."),
        ("[health]\nping_url = 'http://hc-ping.com/x'\n", 2, "health.ping_url does not begin with https://."),
        ("[health]\nping_url = 'hc-ping.com/x'\n", 2, "health.ping_url is not a web address."),
        ("[health]\nping_url = 'https://hc-ping.com:70000/x'\n", 2, "health.ping_url is not a web address."),
        ("[health]\nping_url = 'https://hc ping.com/x'\n", 2, "health.ping_url is not a web address."),
        ("[telegram]\nwebhook_url = 'https://[bot/'\n", 2, "telegram.webhook_url is not a web address."),
        ("[security]\nkeys = ['short']\n", 2, "security.keys no. 1 is not a key."),
        (f"[security]\nkeys = ['{KEY}', '{KEY}']\n", 2, "security.keys has two keys of one name."),
        ("[telegram]\ntoken_file = 'missing'\n", 2, "telegram.token_file names a file that cannot be read."),
    ],
)
def test_each_fault_has_its_sentence_and_line(tmp_path: Path, text: str, line: int, what: str) -> None:
    found = [problem for problem in problems(written(tmp_path, text), {}) if what in problem.what]

    assert [problem.line for problem in found] == [line]
    assert all(problem.mend for problem in found)


def test_an_unreadable_file_is_one_problem(tmp_path: Path) -> None:
    (tmp_path / "latin.toml").write_bytes(b"[program]\nname = 'a\xf1o'\n")

    assert "is not UTF-8 text." in said(tmp_path / "latin.toml", ENOUGH)
    assert "cannot be read" in said(tmp_path, ENOUGH)


def test_a_wrong_variable_is_named_with_its_likely_meaning() -> None:
    text = said(None, {**ENOUGH, "HANDRAIL_PROGRAM__TIMEZON": "UTC", "HANDRAIL_TELEGRAM_TOKEN": "x"})

    assert "HANDRAIL_PROGRAM__TIMEZON: is not a setting. Did you mean HANDRAIL_PROGRAM__TIMEZONE?" in text
    assert "HANDRAIL_TELEGRAM_TOKEN: is not a setting. Did you mean HANDRAIL_TELEGRAM__TOKEN?" in text


def test_variables_of_other_programs_and_empty_ones_are_passed_over() -> None:
    others = {"HANDRAIL_CONFIG": "x", "HANDRAIL_PORT_80_TCP": "tcp://1", "HANDRAIL_HTTP__LISTEN": ""}

    assert config.read(None, {**ENOUGH, **others}).http.listen is None


def test_a_faulty_variable_is_named_as_the_place(tmp_path: Path) -> None:
    found = problems(
        written(tmp_path, whole()), {"HANDRAIL_STAFF__SHIFTS": "[{", "HANDRAIL_LOGS__LEVEL": "loud"}
    )

    assert [problem.file for problem in found] == ["HANDRAIL_LOGS__LEVEL", "HANDRAIL_STAFF__SHIFTS"]


def test_secrets_come_from_files_too(tmp_path: Path) -> None:
    (tmp_path / "token").write_text(TOKEN + "\n")
    (tmp_path / "old.keys").write_text(f"# the key of 2026\nnew:{KEY}\n\nold:{OTHER_KEY}\n")
    file = written(tmp_path, whole('[security]\nkeys_file = "old.keys"', telegram='token_file = "token"'))

    read = config.read(file, {})

    assert read.telegram.token.get_secret_value() == TOKEN
    assert read.security.ring == (f"new:{KEY}", f"old:{OTHER_KEY}")


def test_a_secret_in_the_environment_beats_one_in_the_file(tmp_path: Path) -> None:
    (tmp_path / "token").write_text(TOKEN)
    other = TOKEN.replace("x", "y")
    plain = written(tmp_path, whole(telegram=f'token = "{other}"'))

    assert (
        config.read(plain, {"HANDRAIL_TELEGRAM__TOKEN_FILE": "token"}).telegram.token.get_secret_value()
        == TOKEN
    )

    filed = written(tmp_path, whole(telegram='token_file = "missing"'))
    assert config.read(filed, {"HANDRAIL_TELEGRAM__TOKEN": other}).telegram.token.get_secret_value() == other


def test_a_secret_given_twice_in_one_place_is_refused(tmp_path: Path) -> None:
    file = written(tmp_path, whole(telegram=f'token = "{TOKEN}"\ntoken_file = "token"'))

    assert "telegram.token_file is given together with the secret itself." in said(file, {})


def test_an_empty_key_file_is_a_fault_and_not_a_new_program(tmp_path: Path) -> None:
    (tmp_path / "handrail.keys").write_text("# nothing\n")

    found = problems(written(tmp_path, whole()), {})

    assert [problem.what for problem in found] == ["security.keys_file names a file with nothing in it."]


def test_a_made_key_file_is_read_and_opens_a_ring(tmp_path: Path) -> None:
    make_key_file(tmp_path / "handrail.keys")

    read = config.read(written(tmp_path, whole()), {})

    assert len(read.security.ring) == 1
    assert (
        KeyRing(read.security.ring).unseal(KeyRing(read.security.ring).seal(b"word", b"x"), b"x") == b"word"
    )


@pytest.mark.parametrize(
    "keys",
    [f"a:{KEY},b:{OTHER_KEY}", f"a:{KEY} b:{OTHER_KEY}", f"a:{KEY}\n", "ab" * 32, KEY, KEY.rstrip("=")],
)
def test_keys_stand_between_commas_or_spaces_in_base64_or_hex(keys: str) -> None:
    ring = config.read(None, {**ENOUGH, "HANDRAIL_SECURITY__KEYS": keys}).security.ring

    assert ring == tuple(re.split(r"[,\s]+", keys.strip()))
    assert KeyRing(ring)
    assert all(config.key_id(key) for key in ring)


def test_no_secret_shows_in_a_repr_or_a_problem(tmp_path: Path) -> None:
    shown = repr(config.read(None, {**ENOUGH, "HANDRAIL_SECURITY__KEYS": KEY}))
    wrong = said(None, {"HANDRAIL_TELEGRAM__TOKEN": "secret-canary", "HANDRAIL_SECURITY__KEYS": "key-canary"})

    assert TOKEN not in shown
    assert KEY not in shown
    assert "canary" not in wrong


def example() -> str:
    return (ROOT / "config.example.toml").read_text(encoding="utf-8")


def settings_of(model: type[BaseModel], before: str) -> set[str]:
    return {f"{before}.{field.alias or name}" for name, field in model.model_fields.items()}


def test_the_example_names_every_setting_and_no_other() -> None:
    known = {"staff.closed_days"}
    for section, field in config.Config.model_fields.items():
        assert isinstance(field.annotation, type)
        known |= settings_of(field.annotation, section)
    known |= settings_of(config.ShiftSettings, "staff.shifts")

    named, section = set(), ""
    for line in example().splitlines():
        if heading := re.match(r"\[+([\w.]+)\]", line):
            section = heading[1]
        elif setting := re.match(r"(?:# )?(\w+) = ", line):
            named.add(f"{section}.{setting[1]}")

    assert named | {"staff.shifts"} == known


def test_the_example_shows_the_true_defaults() -> None:
    examples = {"token_file", "chat_id", "keys", "listen", "webhook_url", "ping_url"}
    defaults, section = config.Config, ""
    for line in example().splitlines():
        if heading := re.match(r"\[+([\w.]+)\]", line):
            section = heading[1]
        elif (setting := re.match(r"# (\w+) = (.+)", line)) and setting[1] not in examples:
            model = config.ShiftSettings if "shifts" in section else defaults.model_fields[section].annotation
            value = tomllib.loads(f"v = {setting[2]}")["v"]
            assert isinstance(model, type)
            default = model.model_fields[setting[1]].default
            shown = default.strftime("%H:%M") if isinstance(default, time) else default
            shown = (
                str(shown) if isinstance(shown, Path) else list(shown) if isinstance(shown, tuple) else shown
            )
            assert shown == value, setting[1]


def test_the_example_works_once_the_token_is_in_it(tmp_path: Path) -> None:
    text = example()
    assert "telegram.token is not a bot token." in said(written(tmp_path, text), {})

    read = config.read(written(tmp_path, text.replace("put-the-token-here", TOKEN)), {})

    assert [shift.handle for shift in read.staff.shifts] == ["ana", "ben"]
