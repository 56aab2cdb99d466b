"""Skeleton until its owner lands."""
from typing import Any


def register(routes: Any) -> None: ...
