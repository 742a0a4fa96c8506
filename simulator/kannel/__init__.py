"""What a Kannel and the handsets behind it are for the service."""
