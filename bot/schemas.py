"""JSON Schemas of the content files, so that an editor completes their fields and warns while they are written.

`make schemas` writes them from the shapes that the readers check, with what docs/editing-content.md says of each
field. The first line of a TOML file names its schema (`#:schema ...`), as Taplo and Even Better TOML read it.
"""

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from bot import consent, crisis, forbidden
from bot.checkins import content as checkins
from bot.checkins import suggestions
from bot.modules import content as modules
from bot.modules import course
from bot.screening import content as screening
from bot.snapshot import LANGUAGES

ROOT = Path(__file__).parent.parent
FOLDER = ROOT / "content" / "schemas"
_DIALECT = "http://json-schema.org/draft-07/schema#"  # what Taplo reads
_SHAPES: dict[str, tuple[type[BaseModel], str]] = {
    "checkin": (checkins.CHECKIN_SHAPE, "Check-ins"),
    "rules": (checkins.RULES_SHAPE, "Rules on answers"),
    "suggestions": (suggestions.SHAPE, "What the end of a check-in suggests"),
    "course": (course.SHAPE, "How the course is paced"),
    "screening": (screening.SHAPE, "Phrases that are a concern"),
    "module": (modules.SHAPE, "Modules"),
    "crisis": (crisis.SHAPE, "Crisis texts"),
    "consent": (consent.SHAPE, "Consent"),
    "forbidden": (forbidden.SHAPE, "Words we do not use"),
}
"""Schema -> the shape of the file, and where its fields are described."""


def schemas() -> dict[str, str]:
    """Each schema by the name of its file, as it is written."""
    described = dict(_described((ROOT / "docs" / "editing-content.md").read_text("utf-8")))
    found = {name: _of(shape, described.get(part, {})) for name, (shape, part) in _SHAPES.items()}
    found["phrases"] = _PHRASES
    return {
        f"{name}.json": json.dumps({"$schema": _DIALECT} | schema, ensure_ascii=False, indent=2) + "\n"
        for name, schema in found.items()
    }


_PHRASES: dict[str, Any] = {
    "description": "Sentences of the bot: a table for each, with a text per language.",
    "definitions": {
        "sentence": {
            "type": "object",
            "properties": {lang: {"type": "string", "minLength": 1} for lang in LANGUAGES},
            "required": list(LANGUAGES),
            "additionalProperties": {"type": "string"},
        },
        "group": {
            "type": "object",
            "propertyNames": {"not": {"enum": list(LANGUAGES)}},
            "additionalProperties": {
                "anyOf": [{"$ref": "#/definitions/sentence"}, {"$ref": "#/definitions/group"}]
            },
        },
    },
    "$ref": "#/definitions/group",
}


def _of(shape: type[BaseModel], described: Mapping[str, str]) -> dict[str, Any]:
    schema = shape.model_json_schema(by_alias=True, ref_template="#/definitions/{model}")
    if "$defs" in schema:
        schema["definitions"] = schema.pop("$defs")
    for part in (schema, *schema.get("definitions", {}).values()):
        for name, field in part.get("properties", {}).items():
            if name in described:
                field["description"] = described[name]
    return schema


def _described(page: str) -> Iterator[tuple[str, dict[str, str]]]:
    """What that page says of the fields, for each of its parts."""
    for part in re.split(r"^## ", page, flags=re.MULTILINE)[1:]:
        rows = re.findall(r"^\| `(\w+)` \| (.*) \|$", part, flags=re.MULTILINE)
        yield part.partition("\n")[0], {name: words.replace("`", "") for name, words in reversed(rows)}


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for name, text in schemas().items():
        (FOLDER / name).write_text(text, "utf-8")
