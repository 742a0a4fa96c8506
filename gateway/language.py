"""The languages that commands print for people."""

from enum import StrEnum


class Language(StrEnum):
    """In which language a command prints."""

    VI = "vi"
    EN = "en"
