"""Skeleton."""
from typing import Any


async def publish(bot: Any, services: Any) -> None: ...
