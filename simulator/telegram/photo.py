"""Pictures: really decoded, as Telegram does."""

import io
import warnings

from PIL import Image, UnidentifiedImageError

from simulator.telegram.answers import ApiError
from simulator.telegram.call import Call
from simulator.telegram.state import Picture, State

LARGEST_FILE = 10 * 1024 * 1024
LARGEST_SUM = 10_000
LARGEST_RATIO = 20


def read_picture(state: State, call: Call) -> Picture:
    """The picture of ``call``: uploaded, or one that was uploaded before. Raises ApiError for anything else."""
    return find_picture(state, call, call.text("photo"), "photo")


def find_picture(state: State, call: Call, named: str, part: str) -> Picture:
    """The picture that ``named`` names, or the file ``part`` of the call. Raises ApiError when it is none."""
    upload = call.files.get(named.removeprefix("attach://") if named.startswith("attach://") else part)
    if upload is not None:
        picture = _decoded(upload.body, f"AgACAgUAAxkB{next(state.numbers):016d}")
        state.pictures[picture.file_id] = picture
        return picture
    if not named:
        raise ApiError(400, "there is no photo in the request", rule="T54")
    if named.startswith(("http://", "https://")):
        raise ApiError(400, "failed to get HTTP URL content", rule="T54")
    if named not in state.pictures:
        raise ApiError(400, "wrong remote file identifier specified: Wrong string length", rule="T54")
    return state.pictures[named]


def _decoded(body: bytes, file_id: str) -> Picture:
    if not body:
        raise ApiError(400, "file must be non-empty", rule="T54")
    if len(body) > LARGEST_FILE:
        reason = f"file of size {len(body)} bytes is too big for a photo; the maximum size is {LARGEST_FILE} bytes"
        raise ApiError(400, reason, rule="T54")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(body)) as image:
                width, height = image.size
                if width + height > LARGEST_SUM or max(width, height) > LARGEST_RATIO * min(width, height):
                    raise ApiError(400, "PHOTO_INVALID_DIMENSIONS", rule="T54")
                image.load()
    except (UnidentifiedImageError, OSError, SyntaxError, Image.DecompressionBombError):
        raise ApiError(400, "IMAGE_PROCESS_FAILED", rule="T54") from None
    return Picture(file_id=file_id, body=body, width=width, height=height)
