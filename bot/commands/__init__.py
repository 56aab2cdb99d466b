"""What an operator runs beside the program: `setup` and `doctor`. One file a command; heavy imports inside."""
