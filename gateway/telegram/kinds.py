"""What Telegram is asked for: the kinds of update that mean something to us, and no other (T15)."""

KINDS = ("message", "edited_message", "channel_post", "edited_channel_post", "callback_query", "my_chat_member")
