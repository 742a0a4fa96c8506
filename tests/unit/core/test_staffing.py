"""Who is reminded for an agency: each reachable officer of the focal unit, without them a deputy, else nobody."""

from datetime import date, timedelta

from bot.core.obligations.agency import Officer, Post, PostRole
from bot.core.obligations.staffing import Gap, Staff, Staffing

TODAY = date(2026, 11, 16)
DAY = timedelta(days=1)
AGENCY = 7


def officer(number: int, role: PostRole = PostRole.OFFICER, *, reachable: bool = True, **span: date) -> Officer:
    post = Post(officer=number, agency=AGENCY, role=role, **span)
    return Officer(id=number, name=f"Cán bộ {number:02}", posts=(post,), reachable=reachable)


def on(*officers: Officer, day: date = TODAY) -> Staffing:
    return Staff(officers).of(AGENCY, day)


DEPUTY = officer(9, PostRole.DEPUTY)
SILENT_DEPUTY = officer(8, PostRole.DEPUTY, reachable=False)
CASES = {
    "a focal unit of three": ((officer(1), officer(2), officer(3), DEPUTY), [1, 2, 3], set()),
    "one of a unit is silent": ((officer(1), officer(2, reachable=False), DEPUTY), [1], set()),
    "a vacant seat with a deputy": ((DEPUTY,), [9], {Gap.VACANT, Gap.STOOD_IN}),
    "a silent officer with a deputy": ((officer(1, reachable=False), DEPUTY), [9], {Gap.UNREACHABLE, Gap.STOOD_IN}),
    "nobody": ((), [], {Gap.VACANT, Gap.NOBODY}),
    "both silent": ((officer(1, reachable=False), SILENT_DEPUTY), [], {Gap.UNREACHABLE, Gap.NOBODY}),
    "the head is not a deputy": ((officer(1, PostRole.HEAD),), [], {Gap.VACANT, Gap.NOBODY}),
    "two heads": ((officer(1), officer(2, PostRole.HEAD), officer(3, PostRole.HEAD)), [1], {Gap.SEVERAL_HEADS}),
    "not there yet": ((officer(1, since=TODAY + DAY),), [], {Gap.VACANT, Gap.NOBODY}),
    "gone yesterday": ((officer(1, until=TODAY - DAY),), [], {Gap.VACANT, Gap.NOBODY}),
    "leaves within a month": ((officer(1, until=TODAY + 30 * DAY),), [1], {Gap.ENDING}),
    "leaves later": ((officer(1, until=TODAY + 31 * DAY),), [1], set()),
    "leaves, another follows": ((officer(1, until=TODAY + DAY), officer(2, since=TODAY + 2 * DAY)), [1], set()),
    "leaves, another comes later": (
        (officer(1, until=TODAY + DAY), officer(2, since=TODAY + 3 * DAY)),
        [1],
        {Gap.ENDING},
    ),
}


def test_who_is_reminded_and_what_is_missing():
    for what, (officers, reminded, gaps) in CASES.items():
        found = on(*officers)
        assert ([each.id for each in found.officers], set(found.gaps)) == (reminded, gaps), what


def test_heads_and_approvers_are_told_apart_and_an_officer_of_two_agencies_counts_in_both():
    both = Officer(
        id=1,
        name="Cán bộ 01",
        posts=tuple(Post(officer=1, agency=number, role=PostRole.OFFICER) for number in (AGENCY, 8)),
        reachable=True,
    )
    staff = Staff([both, officer(2, PostRole.HEAD), officer(3, PostRole.APPROVER)])
    here, there = staff.of(AGENCY, TODAY), staff.of(8, TODAY)
    assert ([each.id for each in here.heads], [each.id for each in here.approvers]) == ([2], [3])
    assert here.officers == there.officers == (both,)
    assert staff.of(99, TODAY).vacant
