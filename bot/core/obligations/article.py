"""How an article of a decision is written in a profile, and how it is cited in a message."""

import re

_SHAPE = re.compile(
    r"(?P<text>QĐ|QC) Điều (?P<article>[1-9]\d*)(?P<chapeau> đoạn đầu)?(?: khoản (?P<clause>[1-9]\d*))?"
    r"(?: điểm (?P<point>[a-zđ]))?(?: gạch (?P<dash>[1-9]\d*))?"
)


def cite_article(written: str) -> str:
    """``QC Điều 4 khoản 6 gạch 1`` as Vietnamese law is cited: "gạch đầu dòng thứ 1 khoản 6 Điều 4 QC".

    QĐ is the enacting decision, QC the regulation attached to it. Raises ValueError for anything else.
    """
    found = _SHAPE.fullmatch(written)
    if found is None:
        raise ValueError(written)
    parts = (
        found["dash"] and f"gạch đầu dòng thứ {found['dash']}",
        found["point"] and f"điểm {found['point']}",
        found["clause"] and f"khoản {found['clause']}",
        found["chapeau"] and "đoạn đầu",
        f"Điều {found['article']} {found['text']}",
    )
    return " ".join(part for part in parts if part)
