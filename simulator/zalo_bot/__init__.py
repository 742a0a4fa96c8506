"""What Zalo's Bot Platform is for the service: a double that obeys and enforces docs/zalo-bot-contract.md."""
