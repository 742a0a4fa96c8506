"""An unexpected error as a log may show it: its kind and its place. Its message may hold what a person wrote."""

import traceback


def describe(error: BaseException) -> dict[str, str]:
    """``error`` (its type) and ``place`` (file and line where it was raised, ``?`` when it never was)."""
    frames = traceback.extract_tb(error.__traceback__)
    place = f"{frames[-1].filename.rsplit('/', 1)[-1]}:{frames[-1].lineno}" if frames else "?"
    return {"error": type(error).__name__, "place": place}
