"""How answers look on each family of channels, for ``tracuu ask`` and for the channels themselves."""

from gateway.channel import Capabilities, Encoding

SMS = Capabilities(limit=1, pages=2, encoding=Encoding.SMS, brief=True, receipts=True)
"""At most two parts: 306 septets (3GPP TS 23.038); each costs the citizen money."""
ZALO = Capabilities(limit=2000, pages=1, buttons=False, images=True, receipts=True, forms=True)
"""Plain text, no markup; one message per answer; a template to whom free words may not be sent any more."""
ZALO_BOT = Capabilities(limit=2000, pages=1, images=True)
"""Plain text and digits; one message per answer, each of which is on the bot's budget; nothing is heard of it after."""
TELEGRAM = Capabilities(limit=4096, pages=2, encoding=Encoding.UTF16, buttons=True, images=True)
WEB = Capabilities(limit=4000, pages=5, buttons=True, images=True, receipts=True, keyed=True, fetched=True)

FORMS = {"web": WEB, "sms": SMS, "zalo": ZALO, "telegram": TELEGRAM}
"""By the names that ``tracuu ask --channel`` knows."""
