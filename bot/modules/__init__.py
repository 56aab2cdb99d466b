"""Modules: what participants read, card by card, in their own language."""
