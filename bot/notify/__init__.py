"""What the service does by itself when time passes; APScheduler is only the alarm clock."""
