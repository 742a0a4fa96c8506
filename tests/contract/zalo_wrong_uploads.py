"""Wrong and right clients of Zalo, rule by rule: uploads."""

from datetime import timedelta

from tests.contract.zalo_caller import GIF, PNG, UID, Answer, Caller, Row


async def _use_at_age(caller: Caller, age: timedelta) -> Answer:
    asset = await caller.uploaded("image", "1.png", PNG)
    caller.zalo.clock.turn(age)
    caller.zalo.interact(UID)
    caller.zalo.void_grant()  # another day, another token
    return await caller.media(media_type="image", attachment_id=asset)


async def _upload_many(caller: Caller, number: int) -> Answer:
    caller.zalo.world.uploads_per_month = 2
    for _ in range(number - 1):
        await caller.upload("image", "1.png", PNG)
    return await caller.upload("image", "1.png", PNG)


ROWS = (
    Row(
        rule="Z70",
        what="another field of the form",
        code=-201,
        wrong=lambda c: c.upload("image", "1.png", PNG, field="image"),
        right=lambda c: c.upload("image", "1.png", PNG),
    ),
    Row(
        rule="Z70",
        what="a picture as JSON",
        code=-201,
        wrong=lambda c: c.post("/v2.0/oa/upload/image", {"file": "x"}),
        right=lambda c: c.upload("image", "1.png", PNG),
    ),
    Row(
        rule="Z71",
        what="an svg",
        code=-201,
        wrong=lambda c: c.upload("image", "1.png", b"<svg/>"),
        right=lambda c: c.upload("image", "1.jpg", b"\xff\xd8\xff\xe0"),
    ),
    Row(
        rule="Z71",
        what="a picture larger than 1 MB",
        code=-210,
        wrong=lambda c: c.upload("image", "1.png", PNG.ljust(1024**2 + 1)),
        right=lambda c: c.upload("image", "1.png", PNG.ljust(1024**2)),
    ),
    Row(
        rule="Z72",
        what="a program",
        code=-201,
        wrong=lambda c: c.upload("file", "1.exe", b"MZ"),
        right=lambda c: c.upload("file", "1.PDF", b"%PDF"),
    ),
    Row(
        rule="Z72",
        what="a file larger than 5 MB",
        code=-210,
        wrong=lambda c: c.upload("file", "1.csv", b"a" * (5 * 1024**2 + 1)),
        right=lambda c: c.upload("file", "1.csv", b"a" * (5 * 1024**2)),
    ),
    Row(
        rule="Z73",
        what="a png as gif",
        code=-201,
        wrong=lambda c: c.upload("gif", "1.gif", PNG),
        right=lambda c: c.upload("gif", "1.gif", GIF),
    ),
    Row(
        rule="Z74",
        what="an upload older than 7 days",
        code=-100,
        wrong=lambda c: _use_at_age(c, timedelta(days=7, seconds=1)),
        right=lambda c: _use_at_age(c, timedelta(days=7)),
    ),
    Row(
        rule="Z75",
        what="more uploads than a month holds",
        code=-211,
        wrong=lambda c: _upload_many(c, 3),
        right=lambda c: _upload_many(c, 2),
    ),
)
