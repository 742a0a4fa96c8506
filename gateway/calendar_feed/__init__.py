"""The duties of officers and agencies as calendars that their own programs subscribe to: ``/calendar/``."""
