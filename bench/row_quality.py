"""Quality of the row look-up on judged questions, asked the way people ask: loaded, looked up, worded.

    python bench/row_quality.py TABLES.csv ROWS.csv [--wrong]

TABLES.csv is a catalogue file with resources, ROWS.csv has question, kind, table, must_contain, must_not_contain. The
tables go into a store of their own by ``tracuu sync``, the questions through ``tracuu ask`` on channel web; judged is
the text that comes back. "Wrong" is an answer that misses something or holds what it must not; "silent" is a menu or an
honest "không có" where there was an answer.
"""

import csv
import json
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.core.text import fold

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of one question."""

    question: dict[str, str]
    text: str
    right: bool
    wrong: bool


def read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def compact(text: str) -> str:
    return fold(text).replace(" ", "").replace(".", "").replace(",", "")


def parts(text: str) -> list[str]:
    return [compact(part) for part in text.split(" | ") if part.strip()]


def run(folder: Path, *arguments: str) -> str:
    """What ``tracuu`` prints with the settings in ``folder``."""
    command = (sys.executable, "-m", "gateway", "--config", str(folder / "tracuu.toml"), *arguments)
    return subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True).stdout


def ask(tables: Path, questions: Sequence[str]) -> tuple[list[dict[str, Any]], float]:
    """The answers to ``questions``, and the seconds that asking all of them took."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "tracuu.toml").write_text(f'[store]\nurl = "sqlite:///{folder}/tracuu.db"\n', encoding="utf-8")
        run(folder, "sync", "--source", f"csv:{tables.resolve()}", "--json")
        batch = folder / "questions.txt"
        batch.write_text("\n".join(questions) + "\n", encoding="utf-8")
        started = time.perf_counter()
        lines = run(folder, "ask", "--batch", str(batch), "--json").splitlines()
        return [json.loads(line) for line in lines], time.perf_counter() - started


def judge(row: dict[str, str], answered: dict[str, Any]) -> Verdict:
    texts = [text for part in answered["parts"] for text in (part["text"], *(c["label"] for c in part["choices"]))]
    said = compact("\n".join(texts))
    never = any(part in said for part in parts(row["must_not_contain"]))
    right = all(part in said for part in parts(row["must_contain"])) and not never
    return Verdict(row, " / ".join(texts), right, never or (bool(answered["answer_code"]) and not right))


def report(verdicts: Sequence[Verdict]) -> None:
    kinds: dict[str, list[Verdict]] = defaultdict(list)
    for verdict in verdicts:
        kinds[verdict.question["kind"]].append(verdict)
    for kind, judged in [*sorted(kinds.items()), ("all", list(verdicts))]:
        right, wrong = sum(v.right for v in judged), sum(v.wrong for v in judged)
        counts = f"right {right:3}  wrong {wrong:2}  silent {len(judged) - right - wrong:2}"
        print(f"{kind:16} n {len(judged):3}  {counts}  {right / len(judged):.3f}")


def main() -> None:
    tables, file = (Path(argument) for argument in sys.argv[1:] if not argument.startswith("--"))
    rows = read(file)
    answers, seconds = ask(tables, [row["question"] for row in rows])
    verdicts = [judge(row, answered) for row, answered in zip(rows, answers, strict=True)]
    for verdict in verdicts if "--wrong" in sys.argv else ():
        if not verdict.right:
            row = verdict.question
            print(row["kind"], row["question"], row["must_contain"], row["must_not_contain"], sep=" | ")
            print("   ", "WRONG" if verdict.wrong else "silent", verdict.text.replace("\n", " / ")[:300])
    report(verdicts)
    print(f"{1000 * seconds / len(rows):.1f} ms a question, start of the command included")


if __name__ == "__main__":
    main()
