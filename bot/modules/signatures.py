"""Which modules somebody at the clinic signed, and whether they still read as they did then."""

from collections.abc import Iterable, Iterator

from bot.errors import Problem
from bot.modules.content import ModuleFile
from bot.modules.model import Module
from bot.modules.stamps import changed_since


def is_signed(file: ModuleFile) -> bool:
    """Whether somebody signed exactly this text."""
    return not is_draft(file) and file.signed is not None and not changed_since(file.signed, file.module)


def is_draft(file: ModuleFile) -> bool:
    return file.module.is_draft


def signatures_checked(files: Iterable[ModuleFile], *, required: bool) -> Iterator[Problem]:
    """What is wrong with the signatures: a warning, or an error where the program offers signed modules only.

    A draft by itself is no fault: `unsigned` lists them.
    """
    for file in files:
        if found := _fault(file, required=required):
            key, what = found
            mend = f'Let somebody read it, then run: handrail sign {file.module.slug} --by "NAME, TITLE"'
            yield file.source.problem(file.front_lines[key], what, mend, warning=not required)


def _fault(file: ModuleFile, *, required: bool) -> tuple[str, str] | None:
    if is_draft(file):
        what = "This module is not signed, so it is not offered (content.require_signature)."
        return ("review", what) if required else None
    if file.signed is None:
        return "review", "Nothing says which text was signed, so a later change would go unseen."
    if changed := changed_since(file.signed, file.module):
        return "signed", f"This is no longer the text that was signed: {changed} changed since."
    return None


def unsigned(files: Iterable[ModuleFile]) -> list[str]:
    """The modules of which a language is still a draft, by name."""
    return sorted({file.module.slug for file in files if is_draft(file)})


def by_slug(files: Iterable[ModuleFile]) -> dict[str, dict[str, Module]]:
    """The modules of these files by name and language."""
    modules: dict[str, dict[str, Module]] = {}
    for file in files:
        modules.setdefault(file.module.slug, {})[file.module.lang] = file.module
    return modules
