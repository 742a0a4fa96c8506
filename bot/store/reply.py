"""A reply as JSON, and back."""

from typing import Any

from bot.core.messages import Choice, Reply


def to_document(reply: Reply) -> dict[str, Any]:
    """``reply`` as a JSON document; what is empty is left out."""
    document: dict[str, Any] = {"text": reply.text}
    if reply.choices:
        document["choices"] = [[choice.label, choice.value] for choice in reply.choices]
    for name in ("brief", "link", "image", "urgent"):
        if value := getattr(reply, name):
            document[name] = value
    return document


def from_document(document: dict[str, Any]) -> Reply:
    """The reply of :func:`to_document`."""
    choices = tuple(Choice(label=label, value=value) for label, value in document.get("choices", ()))
    return Reply(**{**document, "choices": choices})
