"""Reminding officers: the look at all duties, in a process of its own while the service runs."""
