"""``python -m bot.drawing``: a chart as JSON on standard input becomes a PNG on standard output."""

import json
import sys

from bot.core.charts import from_document
from bot.drawing.picture import draw

if __name__ == "__main__":
    sys.stdout.buffer.write(draw(from_document(json.loads(sys.stdin.buffer.read()))))
