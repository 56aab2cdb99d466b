"""Ids ascend whatever the computer's clock does: order and the audit chain stand on them."""

from bot.people import audit
from bot.people.audit import Entry
from bot.sandbox.clinic import Clinic
from bot.storage.database import Tx


async def test_the_audit_chain_holds_when_the_clock_is_put_back_while_the_program_is_down(
    clinic: Clinic,
) -> None:
    def note(tx: Tx) -> None:
        audit.note(tx, Entry(clinic.clock.now(), "handrail", "looked", "alert 1"))

    await clinic.run(note)
    await clinic.stop_bot()
    clinic.clock.step(-3600)
    await clinic.start_bot()
    await clinic.run(note)

    assert await clinic.run(audit.first_break) is None
