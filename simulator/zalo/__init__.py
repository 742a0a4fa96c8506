"""What Zalo is for the service: a double that obeys and enforces the rules of docs/zalo-contract.md."""
