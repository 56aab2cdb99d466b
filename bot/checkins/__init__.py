"""Check-ins: the questions a person is asked each day, and what their answers mean."""
