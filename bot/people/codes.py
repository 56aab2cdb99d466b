"""Codes such as "blue heron 412": what stands for a participant wherever others could read along."""

import secrets
from collections.abc import Callable

FIRST = (
    "amber azure bright calm cedar clear coral crimson dawn early fern gentle gold green harbor hazel "
    "indigo ivory jade kind lilac lunar maple mellow misty north olive opal pearl pine plum quiet river "
    "rosy russet sandy silver slate solar steady still sunny swift teal tidal velvet violet warm willow "
    "winter "
).split()
SECOND = (
    "badger beaver bison bluebird bunting cardinal condor crane curlew deer dolphin dove eagle egret elk "
    "falcon finch fox gull hare harrier hawk heron ibis jay kestrel kingfisher lark lynx magpie marten "
    "moose oriole osprey otter owl petrel plover puffin quail raven robin salmon sparrow stork swan tern "
    "thrush turtle wren "
).split()


def new_code(is_taken: Callable[[str], bool]) -> str:
    """A random code that `is_taken` does not know yet."""
    while True:
        code = f"{secrets.choice(FIRST)} {secrets.choice(SECOND)} {secrets.randbelow(900) + 100}"
        if not is_taken(code):
            return code
