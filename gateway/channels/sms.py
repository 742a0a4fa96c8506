"""SMS by an aggregator: how each provider speaks is data, ``data/sms_presets``.

``GET`` or ``POST /hooks/sms/{account}`` is a person's message, ``/hooks/sms/{account}/dlr`` a delivery report, unless
the preset has both at one address. Every request is proven by what its preset says, or refused.
"""

from dataclasses import replace

from gateway.channel import Capabilities, Channel
from gateway.forms import SMS
from gateway.phone import read_mobile
from gateway.sms.account import NAME, REPORTS, SmsAccount
from gateway.sms.answering import answer
from gateway.sms.incoming import parse, verify
from gateway.sms.sending import holding_seconds, send_part


def _able(account: SmsAccount) -> Capabilities:
    preset = account.line.preset
    return replace(
        SMS,
        receipts=preset.receipts is not None,
        keyed=preset.send is not None and preset.send.keyed,
        reports_key=preset.receipts is not None and preset.receipts.names == "key",
        worded=account.one_way,
    )


def _within(account: SmsAccount) -> float | None:
    inbound = account.line.preset.inbound
    return None if inbound is None or inbound.repeats else inbound.within


def _tells_repetitions(account: SmsAccount) -> bool:
    inbound = account.line.preset.inbound
    return inbound is not None and inbound.repeated is not None


def _peers(account: SmsAccount) -> tuple[str, ...]:
    sending = account.line.sending
    return () if sending is None else sending.peers


CHANNEL: Channel[SmsAccount] = Channel(
    name=NAME,
    capabilities=SMS,
    able=_able,
    settings=SmsAccount,
    verify=verify,
    parse=parse,
    send=send_part,
    answer=answer,
    holds=holding_seconds,
    tells_repetitions=_tells_repetitions,
    in_flight=128,
    paths=("", REPORTS),
    peers=_peers,
    within=_within,
    one_way=lambda account: account.one_way,
    known_as=lambda address: (replace(address, user=read_mobile(address.user) or address.user),),
)
