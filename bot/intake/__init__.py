"""Updates in: stored raw and sealed before they are confirmed, processed exactly once in effect."""
