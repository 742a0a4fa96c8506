"""What Telegram is for the service: a double that obeys and enforces the rules of docs/telegram-contract.md."""
