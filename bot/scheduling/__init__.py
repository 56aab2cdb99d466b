"""Wall clocks and the tick: when something is due, and the one job that looks."""
