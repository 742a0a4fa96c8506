"""A reply as JSON, and back."""

from typing import Any

from bot.core.messages import Choice, Form, Picture, Reply


def to_document(reply: Reply) -> dict[str, Any]:
    """``reply`` as a JSON document; what is empty is left out."""
    document: dict[str, Any] = {"text": reply.text}
    for name in ("choices", "actions"):
        if choices := getattr(reply, name):
            document[name] = [[choice.label, choice.value] for choice in choices]
    if reply.image:
        document["image"] = [reply.image.reference, reply.image.text]
    if reply.form:
        document["form"] = [reply.form.name, dict(reply.form.values)]
    for name in ("brief", "link", "urgent", "turns", "replaces"):
        if value := getattr(reply, name):
            document[name] = value
    return document


def from_document(document: dict[str, Any]) -> Reply:
    """The reply of :func:`to_document`."""
    values = dict(document)
    for name in ("choices", "actions"):
        values[name] = tuple(Choice(label=label, value=value) for label, value in document.get(name, ()))
    if "image" in values:
        reference, text = values["image"]
        values["image"] = Picture(reference=reference, text=text)
    if "form" in values:
        name, slots = values["form"]
        values["form"] = Form(name=name, values=tuple(slots.items()))
    return Reply(**values)
