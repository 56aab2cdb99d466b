"""Screening: a participant's words in, a finding out.

Pure: it knows no database, no person and no Telegram. `content.read` builds a `Screener` from the phrase
lists that clinical staff keep in `content/screening/`; `guard.screen_safely` is how the bot calls it.
What a level does for the person and for staff belongs to `bot.alerts`.
"""
