"""Alerts: a concern that staff must act on, from raised to closed."""
