"""How the screener learns: the corpus of our own writing, its checks, training and measuring.

Nothing here runs in a clinic. What training gives is `bot/screening/weights.json`; how it is used is
`bot.screening.learned`.
"""
