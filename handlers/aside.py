"""An update that nobody could process: the person gets a kind word, and staff an alert until somebody looked."""

from bot.alerts.model import Subject
from bot.delivery import outbox
from bot.intake.dispatch import Work
from bot.people.model import Colleague, Participant
from bot.services import Services


def put_aside(work: Work, services: Services) -> None:
    """Only private messages are somebody's words; staff write to nobody's harm."""
    facts, tx = work.facts, work.tx
    if not facts.is_private or not facts.chat_id:
        return
    key = outbox.know_chat(tx, facts.chat_id, is_group=False)
    who = services.people.who(tx, key)
    if isinstance(who, Colleague):
        return
    participant = who if isinstance(who, Participant) else None
    language = participant.language if participant else services.language_of(tx, key, facts.language)
    subject = Subject(key, participant, language)
    services.alerts.aside(tx, subject, work.finding, work.now, words=facts.text)
