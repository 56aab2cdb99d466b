"""Bare echo bots of two libraries: what `benchmarks.inbound` compares Handrail with. Nothing of Handrail is in them."""
