"""What an authority can show of the duties that it urged: the log of reminders, and the draft of a letter."""
