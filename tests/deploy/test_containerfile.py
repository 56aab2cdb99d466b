"""deploy/Containerfile: what it copies is there, and it names no registry, secret or root."""

import re
import tomllib

from bot.config import read
from bot.sandbox.process import ROOT

FILE = (ROOT / "deploy" / "Containerfile").read_text()
WHOLE = FILE.replace("\\\n", " ")


def test_what_is_copied_is_there_and_is_all_that_the_package_needs() -> None:
    copied = [name for line in re.findall(r"^COPY (.+) \S+$", WHOLE, re.MULTILINE) for name in line.split()]
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())

    assert all((ROOT / name).exists() for name in copied)
    assert {*project["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"], "content"} <= set(copied)
    assert {project["project"]["readme"], *project["project"]["license-files"], "config.example.toml"} <= set(
        copied
    )


def test_the_image_is_named_shortly_and_nobody_is_root() -> None:
    image = re.search(r"^FROM (\S+)$", WHOLE, re.MULTILINE)

    assert image and re.fullmatch(r"python:[\w.-]+", image[1])
    assert re.search(r"^USER [1-9]\d*:[1-9]\d*$", WHOLE, re.MULTILINE)
    assert re.findall(r"^VOLUME (\S+)$", WHOLE, re.MULTILINE) == ["/data"]


def test_its_settings_are_settings() -> None:
    listed = dict(re.findall(r"\b(HANDRAIL_\w+__\w+)=(\S+)", WHOLE))
    listed.pop("HANDRAIL_TELEGRAM__TOKEN_FILE")
    needed = {"HANDRAIL_TELEGRAM__TOKEN": "123456:" + "a" * 35, "HANDRAIL_STAFF__ADMINISTRATORS": "1"}

    config = read(None, listed | needed)

    assert str(config.database.file) == "/data/handrail.sqlite"
    assert str(config.database.backup_folder) == "/data/backups"
    assert str(config.content.path) == "/handrail/content"
