"""What Prometheus and the doctor say of a bot's budget."""

from bot.core.messages import Address, InboundMessage
from bot.store import budget
from bot.store.budget import Ledger
from bot.store.engine import Store
from bot.store.intake import Intake
from gateway.metrics import Metrics
from gateway.zalo_bot.webhook import judge_budget
from tests.support.rows import NOW
from tests.unit.channels.test_zalo_bot_account import account

LEDGER = Ledger(channel="zalo-bot", account="staff")


async def test_prometheus_shows_both_directions_and_the_people(store: Store):
    an = Address(channel="zalo-bot", account="staff", user="an")
    await Intake(store).accept(
        [InboundMessage(address=an, external_id=str(number), received_at=NOW, text="x") for number in range(3)]
    )
    person = store.vault.person(an)
    await budget.take(store, LEDGER, person, allowance=account().allowance, reserve=False, now=NOW)
    metrics = Metrics()
    metrics.show_budgets(await budget.look_at_all(store, now=NOW))
    shown = metrics.export().decode()
    assert 'tracuu_budget_messages{account="staff",channel="zalo-bot",direction="in"} 3.0' in shown
    assert 'tracuu_budget_messages{account="staff",channel="zalo-bot",direction="out"} 1.0' in shown
    assert 'tracuu_budget_people{account="staff",channel="zalo-bot"} 1.0' in shown

    usage = await budget.look(store, LEDGER, now=NOW)
    assert judge_budget(usage, account(messages=6)) == ""
    assert judge_budget(usage, account(messages=5)) == (
        "the budget of 2026-11 runs out: 4 of 5 messages (3 in, 1 out), 1 of 50 people"
    )
