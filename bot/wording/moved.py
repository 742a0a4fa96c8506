"""An answer that another number of ours sends: whoever replies is to reply to that one."""

import re
from dataclasses import replace

from bot.content import Content
from bot.core.accounts import Account
from bot.core.messages import Reply
from bot.wording.speech import Speech

_WORDS = "\x00"  # stands in no text


def readdress(reply: Reply, content: Content, language: str, before: Account, after: Account) -> Reply:
    """``reply``, which was worded for ``before``, with the invitations that name a number worded for ``after``.

    Nothing else in it is changed, also where it holds the same digits.
    """
    if not (before.keyword and before.number and after.keyword and after.number):
        return reply
    old = Speech(content=content, language=language, account=before)
    new = Speech(content=content, language=language, account=after)
    begins, _, ends = old.invite(_WORDS).partition(_WORDS)
    invitation = re.compile(rf"(?<!\w){re.escape(begins)}([^\n.;]{{1,160}}?){re.escape(ends)}(?!\w)")

    def reword(text: str) -> str:
        return invitation.sub(lambda found: new.invite(found[1]), text)

    return replace(reply, text=reword(reply.text), brief=None if reply.brief is None else reword(reply.brief))
