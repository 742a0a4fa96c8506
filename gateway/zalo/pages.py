"""By what Zalo knows that a domain is ours: a file with a code, or a tag with the same code on the first page."""

from collections.abc import Mapping

from gateway.zalo.settings import ZaloAccount


def verification_pages(account: ZaloAccount) -> Mapping[str, str]:
    """The file as the console names it, and the tag for ``/``; nothing without a code."""
    if account.verifier is None:
        return {}
    # the console's file says property, its advice for a page says name
    name = "zalo-platform-site-verification"
    tag = f'<meta name="{name}" property="{name}" content="{account.verifier}">'
    head = f'<meta charset="utf-8"><title>Zalo</title>{tag}'
    page = f'<!DOCTYPE html><html lang="vi"><head>{head}</head><body></body></html>'
    return {f"/zalo_verifier{account.verifier}.html": page, "/": tag}
