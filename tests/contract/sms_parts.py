"""A message to send by a preset, as it comes out of the store."""

from sqlalchemy import select

from bot.core.messages import Address, Form, InboundMessage
from bot.store.engine import Store
from bot.store.intake import Intake
from bot.store.tables import inbox
from gateway.channel import Part
from tests.contract.sms_desk import TEMPLATE, Desk
from tests.support.rows import NOW

ANNA = "+84912345678"


async def answering(desk: Desk, store: Store, text: str = "Dan so", *, request: str = "r-1") -> tuple[Part, Address]:
    """A part for Anna: the answer to what she wrote as ``request``, or a template where nobody can write."""
    to = Address(channel="sms", account=desk.settings["account"], user=ANNA)
    if desk.cases.message is None:
        return Part(text=text, form=Form(name=TEMPLATE)), to
    said = InboundMessage(address=to, external_id=request, text="x", received_at=NOW)
    await Intake(store).accept([said])
    return await answer_to(store, to, text, request=request), to


async def answer_to(store: Store, to: Address, text: str, *, request: str) -> Part:
    """The answer to the stored message ``request``."""
    query = select(inbox.c.id).where(inbox.c.external_id == request)
    async with store.read() as connection:
        row = (await connection.execute(query)).scalar_one()
    return Part(text=text, origin=f"inbox:{row}")
