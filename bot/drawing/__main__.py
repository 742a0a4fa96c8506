"""``python -m bot.drawing``: charts as JSON on standard input become PNGs on standard output, until the input ends.

Each message is its length in four bytes, most significant first, and that many bytes; a chart that cannot be drawn is
answered by an empty one.
"""

import os

if __name__ == "__main__":
    os.nice(10)  # answers go first: whoever waits for a picture has the figures already

    import json
    import sys

    from bot.core.charts import from_document
    from bot.drawing.picture import draw

    while length := sys.stdin.buffer.read(4):
        try:
            picture = draw(from_document(json.loads(sys.stdin.buffer.read(int.from_bytes(length, "big")))))
        except (ValueError, TypeError, LookupError):
            picture = b""
        sys.stdout.buffer.write(len(picture).to_bytes(4, "big") + picture)
        sys.stdout.buffer.flush()
