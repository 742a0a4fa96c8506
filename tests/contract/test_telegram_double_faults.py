"""What goes wrong on the way to the Bot API double comes as it was planned."""

import aiohttp

from simulator.telegram.double import running_telegram
from simulator.telegram.fault import Fault
from simulator.telegram.limits import Limits
from tests.support.telegram_client import Client


async def test_a_lost_answer_may_hide_a_message() -> None:
    async with (
        running_telegram(speed=1000.0, limits=Limits(per_chat_second=100)) as double,
        aiohttp.ClientSession() as session,
    ):
        client = Client(double=double, session=session, person=double.person())
        double.acquaint(client.person)
        url = f"{double.url}/bot{double.bot.token}/sendMessage"
        body = {"chat_id": client.person.id, "text": "chào"}
        double.plan(Fault(method="sendMessage", status=502), Fault(hang=100.0), Fault(hang=100.0, taken=True))

        async with session.post(url, json=body) as response:
            assert (response.status, response.content_type) == (502, "text/html")
        for shown in (0, 1):
            started, broken = double.now(), False
            try:
                async with session.post(url, json=body):
                    pass
            except aiohttp.ClientError:
                broken = True
            assert broken
            assert double.now() - started >= 100
            assert len(double.shown(client.person)) == shown
        assert (await client.tell()).status == 200
        assert len(double.shown(client.person)) == 2, "no key joins the repeated message with the hidden one"
        assert double.violations == []


async def test_a_fault_waits_for_the_call_that_it_concerns() -> None:
    async with running_telegram() as double, aiohttp.ClientSession() as session:
        one, two = double.person(), double.person()
        client = Client(double=double, session=session, person=one)
        for person in (one, two):
            double.acquaint(person)
        double.plan(Fault(method="sendMessage", chat_id=two.id, retry_after=3), times=2)

        assert (await client.tell()).status == 200
        assert (await client.call("sendChatAction", chat_id=two.id, action="typing")).status == 200
        refused = await client.tell(chat_id=two.id)
        assert (refused.status, refused.body["parameters"]) == (429, {"retry_after": 3})
        assert len(double.state.faults.planned) == 1
        assert [refusal.rule for refusal in double.refusals] == ["T63"]
        assert double.violations == [], "nobody could foresee it"
