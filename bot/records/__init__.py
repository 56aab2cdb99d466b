"""Everything that is kept about one person: shown to them, and erased."""
