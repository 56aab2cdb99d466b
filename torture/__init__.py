"""Torture: the real program, killed again and again, and then asked whether anything was lost or done twice.

`make torture`. Nothing of it runs in a clinic.
"""
