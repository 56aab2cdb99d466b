"""`handrail run` as it is, but without Telegram's limits on sending: for measuring what the path itself costs."""

import os
import sys
from datetime import timedelta

from bot.delivery import claims, sender


def main() -> int:
    sender.SPACING = 0.0
    claims.CHAT_PAUSE = timedelta(0)
    from bot.running import run
    from handlers import conversation

    return run(None, os.environ, conversation())


if __name__ == "__main__":
    sys.exit(main())
