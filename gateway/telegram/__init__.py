"""Telegram (Bot API): what an account is, what updates mean, how an answer looks and how it is sent.

Only ``request.py``, ``meaning.py`` and ``calls.py`` load python-telegram-bot, which takes a third of a second; nothing
that is loaded at the start imports them.
"""
