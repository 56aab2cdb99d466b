"""Handrail: a Telegram bot for Intensive Outpatient Programs. Everything except the conversation itself."""
