"""Everything the bot says leaves through here: one outbox, and one sender that talks to Telegram by itself."""

import os

# python-telegram-bot then gives `RetryAfter.retry_after` as a timedelta, its coming default, without a warning.
os.environ.setdefault("PTB_TIMEDELTA", "true")
