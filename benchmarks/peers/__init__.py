"""Bare echo bots of two libraries, which `benchmarks.inbound` compares Handrail with; and Handrail unpaced."""
