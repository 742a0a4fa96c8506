"""What Zalo says of our templates: how many may go today, and whether they were approved as they stand here."""

import pytest

from gateway.metrics import Metrics
from gateway.zalo.approval import check_templates
from gateway.zalo.condition import examine_all
from gateway.zalo.status import read_status
from gateway.zalo.template_quota import ask_template_quota, read_template_quota
from simulator.zalo.world import OA_ID, Parameter
from tests.support.zalo_templates import FORM, IDS, Counter, counter


@pytest.fixture
async def desk(store):
    async with counter(store) as opened:
        yield opened


async def test_the_quota_of_the_day_is_kept_from_every_answer_and_can_be_asked_for(desk: Counter):
    assert await read_template_quota(desk.store, OA_ID) is None
    await desk.send()
    kept = await read_template_quota(desk.store, OA_ID)
    assert (kept.daily, kept.remaining, kept.at) == (500, 499, desk.now())
    desk.zalo.oa.template_quota = 1000
    asked = await ask_template_quota(desk.account(), desk.wire)
    assert (asked.daily, asked.remaining) == (1000, 999)
    assert await read_template_quota(desk.store, OA_ID) == asked
    metrics = Metrics()
    metrics.show_zalo(await examine_all(desk.store, now=desk.now()))
    assert f'tracuu_zalo_templates_left{{account="{OA_ID}"}} 999.0' in metrics.export().decode()


async def test_templates_that_were_approved_as_they_stand_here_are_fine(desk: Counter):
    assert await check_templates(IDS, desk.account(), desk.wire) == []


async def test_what_differs_from_the_approved_text_is_said(desk: Counter):
    approved = desk.zalo.world.templates
    pending, other = approved[IDS["nhac-han"]], approved[IDS[FORM.name]]
    pending.status = "PENDING_REVIEW"
    other.parameters = {"number": Parameter(length=20), "title": Parameter(length=200), "reason": Parameter(length=30)}
    said = await check_templates(IDS, desk.account(), desk.wire)
    assert said == [
        f"template {FORM.name} ({IDS[FORM.name]}): the approved text has no slot state",
        f"template {FORM.name} ({IDS[FORM.name]}): the approved text has a slot reason that data/templates does not fill",
        f"template {FORM.name} ({IDS[FORM.name]}): the slot number takes 20 characters, data/templates says 30",
        f"template nhac-han ({IDS['nhac-han']}): is not approved (PENDING_REVIEW)",
    ]


async def test_the_status_of_an_account_tells_what_is_wrong_with_its_templates(desk: Counter):
    desk.zalo.world.templates[IDS["nhac-han"]].status = "DISABLE"
    status = await read_status(desk.account(), desk.wire, templates=IDS)
    assert status.warnings == (f"template nhac-han ({IDS['nhac-han']}): is not approved (DISABLE)",)
