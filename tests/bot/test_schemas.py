"""The JSON Schemas are those of today's readers, and every TOML file of the content names its own."""

import json
import re

import pytest

from bot.schemas import FOLDER, schemas

CONTENT = FOLDER.parent
FILES = sorted(CONTENT.rglob("*.toml"))


def test_the_schemas_that_are_kept_are_current():
    kept = {path.name: path.read_text("utf-8") for path in FOLDER.iterdir()}

    assert kept == schemas(), "run: make schemas"


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.relative_to(CONTENT).as_posix())
def test_the_first_line_of_a_content_file_names_its_schema(file):
    first = file.read_text("utf-8").partition("\n")[0]

    named = re.fullmatch(r"#:schema (\.{1,2}/schemas/[a-z]+\.json)", first)

    assert named, first
    assert (file.parent / named[1]).resolve().parent == FOLDER.resolve()
    assert (file.parent / named[1]).is_file()


def test_a_schema_knows_names_as_they_are_written_and_says_what_they_are():
    checkin = json.loads((FOLDER / "checkin.json").read_text("utf-8"))
    condition = checkin["definitions"]["ConditionPart"]["properties"]

    assert "is_not" in condition
    assert condition["at_least"]["description"] == "true for this number and above"
    assert checkin["additionalProperties"] is False
    module = json.loads((FOLDER / "module.json").read_text("utf-8"))
    assert "handrail sign" in module["properties"]["signed"]["description"]
