"""What Prometheus reads at ``/metrics``. No label ever names a person or holds a text."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from bot.core.balance import Balance
from bot.core.budget import Usage
from bot.core.delivery import Lane
from bot.store import budget
from bot.store.stats import QueueStats
from gateway.syncing.trouble import Trouble
from gateway.zalo.condition import STATES, Condition
from gateway.zalo.ledger import Ledger

_ACCEPT_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0)
_LOOP_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0)
_REPLY_SECONDS = (0.01, 0.025, 0.05, 0.1, 0.15, 0.25, 0.5, 1.0, 2.0, 5.0, 15.0, 60.0, 600.0)


class Metrics:
    """One registry for one process."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self.accept_seconds = Histogram(
            "tracuu_accept_seconds",
            "From reading a hook to its answer",
            ["channel"],
            buckets=_ACCEPT_SECONDS,
            registry=self._registry,
        )
        self.hooks = Counter("tracuu_hooks", "Hooks by answer", ["channel", "status"], registry=self._registry)
        self.refused = Counter(
            "tracuu_hooks_refused",
            "Hooks that were not genuine, by reason",
            ["channel", "reason"],
            registry=self._registry,
        )
        self.events = Counter(
            "tracuu_events", "Events that were no message, by name", ["channel", "event"], registry=self._registry
        )
        self.foreign = Counter(
            "tracuu_events_foreign", "Events for accounts that are not ours", ["channel"], registry=self._registry
        )
        self.api = Counter(
            "tracuu_api_requests", "Requests to the public API by answer", ["route", "status"], registry=self._registry
        )
        self.handled = Counter(
            "tracuu_handled", "Messages by the handler that decided", ["handler"], registry=self._registry
        )
        self.reply_seconds = Histogram(
            "tracuu_reply_seconds",
            "From receiving a question to handing its answer to the provider",
            ["channel"],
            buckets=_REPLY_SECONDS,
            registry=self._registry,
        )
        self.sends = Counter("tracuu_sends", "Parts by result", ["channel", "result"], registry=self._registry)
        self.window_used = Gauge(
            "tracuu_window_used",
            "Share of the provider's fullest window that is taken, 0 to 1",
            ["channel", "account"],
            registry=self._registry,
        )
        self.trace_dropped = Gauge(
            "tracuu_trace_dropped", "Exchanges that could not be written to the trace", registry=self._registry
        )
        self.calendar_days = Gauge(
            "tracuu_calendar_days", "Days from today on of which it is known which are off", registry=self._registry
        )
        self.loop_lag = Gauge("tracuu_loop_lag_seconds", "How late the event loop last was", registry=self._registry)
        self.loop_delay = Histogram(
            "tracuu_loop_delay_seconds",
            "How late the event loop was, ten looks a second",
            buckets=_LOOP_SECONDS,
            registry=self._registry,
        )
        self.loop_stalls = Counter(
            "tracuu_loop_stalls", "How often the event loop was stuck for a second or more", registry=self._registry
        )
        self.store_up = Gauge(
            "tracuu_store_up",
            "Whether the database could be read at the last look; 0 = the queues below are old",
            registry=self._registry,
        )
        self._oldest = Gauge(
            "tracuu_oldest_unhandled_seconds", "Age of the oldest message nobody has handled", registry=self._registry
        )
        self._oldest_unsent = Gauge(
            "tracuu_oldest_unsent_seconds", "Age of the oldest answer that waits to be sent", registry=self._registry
        )
        self._unhandled = Gauge("tracuu_unhandled", "Messages nobody has handled", registry=self._registry)
        self._queued = Gauge("tracuu_outbox", "Queued messages", ["channel", "lane"], registry=self._registry)
        self._dead = Gauge("tracuu_dead", "Dead letters that wait for an operator", registry=self._registry)
        self._quarantined = Gauge("tracuu_quarantined", "Events that were not understood", registry=self._registry)
        self._unconfirmed = Gauge(
            "tracuu_unconfirmed",
            "Messages that had to reach somebody and ran out of addresses, since the database was made",
            registry=self._registry,
        )
        self._orphans = Gauge(
            "tracuu_receipts_orphaned",
            "Delivery reports dropped after 72 hours without their part, since the database was made",
            registry=self._registry,
        )
        self._pool_weight = Gauge(
            "tracuu_pool_weight",
            "Weight of an account among those that stand in for each other, of 100",
            ["pool", "channel", "account"],
            registry=self._registry,
        )
        self._zalo_token = Gauge(
            "tracuu_zalo_token",
            "1 for the state that the token of an Official Account is in",
            ["account", "state"],
            registry=self._registry,
        )
        self._zalo_calls_left = Gauge(
            "tracuu_zalo_calls_left",
            "Calls left in the minute that was last noted",
            ["account"],
            registry=self._registry,
        )
        self._zalo_billed = Gauge(
            "tracuu_zalo_billed", "Messages of this month that Zalo billed", ["account"], registry=self._registry
        )
        self._zalo_templates_left = Gauge(
            "tracuu_zalo_templates_left",
            "Templates by phone left of the day's quota, as last told",
            ["account"],
            registry=self._registry,
        )

        self._budget_messages = Gauge(
            "tracuu_budget_messages",
            "Messages of this month that a provider's package counts",
            ["channel", "account", "direction"],
            registry=self._registry,
        )
        self._budget_people = Gauge(
            "tracuu_budget_people",
            "People who have a place among those that a provider's package allows",
            ["channel", "account"],
            registry=self._registry,
        )

        self._sync_trouble = Gauge(
            "tracuu_sync_trouble",
            "1 for a source that cannot be synced, and the option that takes it anyway where it waits for a yes",
            ["source", "waits_for"],
            registry=self._registry,
        )

    def show_queues(self, stats: QueueStats) -> None:
        """Take over a look at the queues."""
        self._oldest.set(stats.oldest_unhandled / timedelta(seconds=1))
        self._oldest_unsent.set(stats.oldest_unsent / timedelta(seconds=1))
        self._unhandled.set(stats.unhandled)
        self._queued.clear()
        for (channel, lane), count in stats.queued.items():
            self._queued.labels(channel, Lane(lane).name.lower()).set(count)
        self._dead.set(stats.dead)
        self._quarantined.set(stats.quarantined)
        self._unconfirmed.set(stats.unconfirmed)
        self._orphans.set(stats.orphans)

    def show_pools(self, balances: Mapping[str, Balance]) -> None:
        """Take over a look at the weights between accounts."""
        for pool, balance in balances.items():
            for (channel, account), weight in balance.weights.items():
                self._pool_weight.labels(pool, channel, account).set(weight)

    def show_zalo(self, accounts: Sequence[tuple[Condition, Ledger]]) -> None:
        """Take over a look at the Official Accounts."""
        for condition, ledger in accounts:
            for state in STATES:
                self._zalo_token.labels(condition.account, state).set(state == condition.state)
            if ledger.rate is not None:
                self._zalo_calls_left.labels(condition.account).set(ledger.rate["remain"])
            self._zalo_billed.labels(condition.account).set(ledger.billed)
            if ledger.templates is not None:
                self._zalo_templates_left.labels(condition.account).set(ledger.templates["remaining"])

    def show_budgets(self, budgets: Mapping[budget.Ledger, Usage]) -> None:
        """Take over a look at what providers' packages count."""
        self._budget_messages.clear()
        for ledger, usage in budgets.items():
            for direction, number in (("in", usage.received), ("out", usage.sent)):
                self._budget_messages.labels(ledger.channel, ledger.account, direction).set(number)
            self._budget_people.labels(ledger.channel, ledger.account).set(usage.users)

    def show_sources(self, troubles: Sequence[Trouble]) -> None:
        """Take over a look at the sources."""
        self._sync_trouble.clear()
        for trouble in troubles:
            self._sync_trouble.labels(trouble.name, trouble.consent).set(1)

    def export(self) -> bytes:
        """The text that Prometheus reads."""
        return generate_latest(self._registry)
