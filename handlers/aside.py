"""Skeleton."""
from typing import Any


def put_aside(work: Any, services: Any) -> None: ...
