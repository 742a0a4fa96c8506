"""SMS aggregators: one configurable adapter, and how each provider is spoken to as data (``data/sms_presets``)."""
