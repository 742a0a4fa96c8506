"""What SMS providers are for the service: doubles that obey and enforce the rules of docs/sms-contract.md."""
