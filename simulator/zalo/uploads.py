"""Uploads of an Official Account: which files are taken, and for how long they can be used."""

from datetime import timedelta
from email.message import Message
from email.parser import BytesParser
from email.policy import HTTP

from simulator.zalo.access import Asked
from simulator.zalo.clock import local
from simulator.zalo.world import Asset, Oa, Refused, World

LIFE = timedelta(days=7)
_IMAGE_BYTES, _FILE_BYTES = 1024**2, 5 * 1024**2
_IMAGES = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")
_GIFS = (b"GIF87a", b"GIF89a")
_FILES = (".pdf", ".doc", ".docx", ".csv")


def take_image(world: World, asked: Asked) -> object:
    """A jpg or png up to 1 MB gives an ``attachment_id``."""
    _name, content = _read_file(asked)
    if not content.startswith(_IMAGES):
        raise Refused(-201, rule="Z71", detail="file: neither jpg nor png")
    return {"attachment_id": _keep(world, asked.oa, "image", content, most=_IMAGE_BYTES, rule="Z71").asset_id}


def take_gif(world: World, asked: Asked) -> object:
    """A gif gives an ``attachment_id``; its published limit is that of files."""
    _name, content = _read_file(asked)
    if not content.startswith(_GIFS):
        raise Refused(-201, rule="Z73", detail="file: no gif")
    return {"attachment_id": _keep(world, asked.oa, "gif", content, most=_FILE_BYTES, rule="Z73").asset_id}


def take_file(world: World, asked: Asked) -> object:
    """A pdf, doc, docx or csv up to 5 MB gives a ``token``."""
    name, content = _read_file(asked)
    if not name.lower().endswith(_FILES):
        raise Refused(-201, rule="Z72", detail="file: its type is not taken")
    return {"token": _keep(world, asked.oa, "file", content, most=_FILE_BYTES, rule="Z72").asset_id}


def use_asset(world: World, oa: Oa, asset_id: object, kind: str, *, rule: str) -> None:
    """Raise Refused unless this is an upload of this account and kind that has not expired."""
    asset = world.assets.get(asset_id) if isinstance(asset_id, str) else None
    if asset is None or asset.oa_id != oa.oa_id or asset.kind != kind:
        raise Refused(-201, rule=rule, detail=f"no such {kind} of this Official Account")
    if world.clock() - asset.at > LIFE:
        raise Refused(-100, rule="Z74", detail="the upload is older than 7 days")


def _keep(world: World, oa: Oa, kind: str, content: bytes, *, most: int, rule: str) -> Asset:
    if len(content) > most:
        raise Refused(-210, rule=rule, detail=f"file: more than {most} bytes")
    now = world.clock()
    month = (local(now).year, local(now).month)
    before = [a for a in world.assets.values() if a.oa_id == oa.oa_id]
    if sum((local(a.at).year, local(a.at).month) == month for a in before) >= world.uploads_per_month:
        raise Refused(-211, rule="Z75", detail=f"more than {world.uploads_per_month} uploads in this month")
    asset = Asset(asset_id=world.new_id(f"{kind}-"), oa_id=oa.oa_id, kind=kind, content=content, at=now)
    world.assets[asset.asset_id] = asset
    return asset


def _read_file(asked: Asked) -> tuple[str, bytes]:
    """The name and the bytes of the form's field ``file``."""
    kind = asked.request.headers.get("Content-Type", "")
    if not kind.lower().startswith("multipart/form-data"):
        raise Refused(-201, rule="Z70", detail="the body is no multipart form")
    form = BytesParser(policy=HTTP).parsebytes(f"Content-Type: {kind}\r\n\r\n".encode() + asked.raw)
    for part in form.iter_parts():
        if _field_name(part) == "file" and part.get_filename():
            content = part.get_payload(decode=True)
            return str(part.get_filename()), content if isinstance(content, bytes) else b""
    raise Refused(-201, rule="Z70", detail="the form has no file named file")


def _field_name(part: Message) -> str:
    return str(part.get_param("name", "", header="content-disposition"))
