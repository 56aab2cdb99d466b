"""`handrail run` as it is, but without Telegram's pace: so much more is in flight when the kill comes.

Only the three constants of the pace are lifted; everything else is the program's own.
"""

import os
import sys
from datetime import timedelta

from bot.delivery import claims, sender


def main() -> int:
    sender.SPACING = 0.0
    claims.CHAT_PAUSE = timedelta(0)
    claims.GROUP_MOST = 1_000_000
    from bot.running import run
    from handlers import conversation

    return run(None, os.environ, conversation())


if __name__ == "__main__":
    sys.exit(main())
