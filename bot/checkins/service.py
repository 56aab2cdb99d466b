"""Skeleton until its owner lands."""

from typing import Any


class CheckIns:
    def __init__(self, *a: Any) -> None: ...
    def jobs(self) -> list[Any]:
        return []

    def outcomes(self) -> dict[str, Any]:
        return {}

    def __getattr__(self, name: str) -> Any:
        return lambda *a, **k: None
