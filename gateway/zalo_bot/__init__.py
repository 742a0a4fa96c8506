"""Zalo's Bot Platform: what an account is, what updates mean, how an answer is sent, and the budget of a bot."""
