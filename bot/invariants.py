"""What must hold at every minute, by name, and what an operator does when it does not.

The names are a promise: `/readyz`, the metric `handrail_failing`, `doctor` and docs/operating.md use them. What is
looked at is in `bot.vitals`; what administrators read in Telegram is in the phrases `alerts.watch`.
"""

from collections.abc import Mapping

LOOK = "Look into the log: journalctl -u handrail -n 100"

INVARIANTS: Mapping[str, str] = {
    "tick": f"{LOOK}; then start the program again.",
    "updates": "Look at the network, and whether handrail doctor finds Telegram.",
    "database": "Make room on the disk, or mend what holds it up; then look again.",
    "outbox": "Look at the network. If others leave, the log says why this one does not.",
    "leases": "Start the program again: it takes up what was left half sent.",
    "inbox": f"{LOOK}; start the program again if it does not go on.",
    "alerts": "Look at /alerts in Telegram and tell who is on duty; then start the program again.",
    "untold": "Look at /alerts in Telegram and tell who is on duty; handrail doctor looks at group and rota.",
    "unheard": f"Tell a supervisor: somebody may wait for an answer. {LOOK}.",
    "schedule": f"{LOOK}. Who has no check-in planned chooses their time again in /settings.",
    "disk": "Make room: the bot stores nothing when it is full.",
    "backups": f"{LOOK}; look whether the folder of database.backups can be written to.",
}
