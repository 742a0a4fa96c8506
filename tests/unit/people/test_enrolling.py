"""A people file on its way into the roster: who is the same person, who follows whom, and that nothing is done twice."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from bot.core.obligations.agency import AgencyKind, PostRole
from bot.core.obligations.enrolling import Enrolment, RowError
from bot.core.obligations.roster import PersonRow, Roster

TODAY = date(2026, 11, 16)
DAY = timedelta(days=1)
AN, BINH = "+84912345601", "+84912345602"


def row(name: str = "An", agency: str = "Sở Y tế", line: int = 2, **more: Any) -> PersonRow:
    return PersonRow(line=line, province="quangngai", agency=agency, kind=AgencyKind.DEPARTMENT, name=name, **more)


def enrol(*rows: PersonRow, roster: Roster | None = None, today: date = TODAY) -> Enrolment:
    enrolment = Enrolment(roster or Roster(), today=today)
    for each in rows:
        enrolment.take(each)
    return enrolment


def stored(enrolment: Enrolment) -> Roster:
    """The roster as it is read again after it was written."""
    roster = enrolment.roster
    return Roster(
        agencies=tuple(replace(one, id=at) for at, one in enumerate(roster.agencies, 1)),
        people=tuple(replace(one, id=at) for at, one in enumerate(roster.people, 1)),
        posts=tuple(replace(one, id=at) for at, one in enumerate(roster.posts, 1)),
    )


SAME = {
    "one phone, two agencies": ((row(phone=AN), row(phone=AN, agency="Sở Nội vụ", line=3)), 1),
    "the same name alone is not": ((row(phone=AN), row(phone=BINH, agency="Sở Nội vụ", line=3)), 2),
    "name and e-mail, a new phone": ((row(phone=AN, email="an@a.vn"), row(email="an@a.vn", agency="B", line=3)), 1),
    "an e-mail that two share": ((row(email="a@a.vn"), row("Bình", email="a@a.vn", line=3)), 2),
    "no contact, the same agency": ((row(), row(role=PostRole.APPROVER, line=3)), 1),
    "no contact, another agency": ((row(), row(agency="Sở Nội vụ", line=3)), 2),
    "a contact that comes later": ((row(), row(phone=AN, line=3)), 1),
    "two of one name in one agency": ((row(phone=AN), row(phone=BINH, line=3)), 2),
    "case and missing diacritics": ((row("Lê Ân", phone=AN), row("LE AN", phone=AN, line=3, agency="B")), 1),
}


def test_the_same_phone_or_name_and_e_mail_is_the_same_person_and_the_name_alone_is_not():
    for what, (rows, people) in SAME.items():
        assert len(enrol(*rows).roster.people) == people, what


REFUSED = {
    "the phone is that of An in line 2": (row(phone=AN), row("Bình", phone=AN, line=3)),
    "An has another phone in line 2": (row(phone=AN, email="an@a.vn"), row(phone=BINH, email="an@a.vn", line=3)),
    "the phone is one person's": (row(phone=AN), row("Bình", email="b@a.vn"), row("Bình", phone=AN, email="b@a.vn")),
    "agency_kind is empty": (replace(row(), kind=None),),
    "rule_set of Sở Y tế is quangngai in line 2": (row(rule_set="quangngai"), row(rule_set="vinhphuc", line=3)),
    "a name or alias of Sở B is one of Sở Y tế": (row(aliases=("SYT",)), row(agency="Sở B", aliases=("syt",))),
    "nobody called Bình": (row(replaces="Bình"),),
    "several people of Sở Y tế are called An": (row(phone=AN), row(phone=BINH), row(line=4)),
    "Xa Son Ha may be Xã Sơn Hà or Xã Sơn Hạ": (
        row(agency="Xã Sơn Hà"),
        row(agency="Xã Sơn Hạ"),
        row(agency="Xa Son Ha"),
    ),
}


def test_a_row_that_contradicts_another_is_refused_and_changes_nothing():
    for reason, (*sound, bad) in REFUSED.items():
        enrolment = enrol(*sound)
        before = enrolment.roster
        with pytest.raises(RowError, match=reason):
            enrolment.take(bad)
        assert enrolment.roster == before, reason


def test_an_agency_whose_name_a_row_gives_as_an_alias_was_renamed():
    known = stored(enrol(row(phone=AN), row(agency="Sở Nội vụ", line=3)))
    renamed = enrol(row(agency="Sở Y tế và Xã hội", aliases=("Sở Y tế",), phone=AN), roster=known)
    health, home = renamed.roster.agencies
    assert (health.id, health.name, health.aliases) == (1, "Sở Y tế và Xã hội", ("Sở Y tế",))
    assert (home, len(renamed.roster.posts)) == (known.agencies[1], 2)
    assert renamed.notices == [(2, "Sở Y tế is now called Sở Y tế và Xã hội: the old name stays as an alias")]
    again = enrol(row(agency="Sở Y tế và Xã hội", aliases=("Sở Y tế",)), roster=renamed.roster)
    assert again.roster.agencies == renamed.roster.agencies
    both = row(agency="Sở Mới", aliases=("Sở Y tế", "Sở Nội vụ"))
    with pytest.raises(RowError, match="a name or alias of Sở Mới is one of Sở Y tế"):
        enrol(both, roster=known)


def test_communes_that_differ_by_a_tone_only_are_two():
    agencies = enrol(row(agency="Xã Sơn Hà"), row(agency="Xã Sơn Hạ"), row(agency="xã sơn hạ")).roster.agencies
    assert [one.name for one in agencies] == ["Xã Sơn Hà", "Xã Sơn Hạ"]


def test_the_same_rows_again_change_nothing_on_any_later_day():
    rows = (
        row(phone=AN, since=date(2026, 7, 2), rule_set="quangngai", aliases=("SYT",)),
        row("Bình", phone=BINH, unit="Văn phòng", replaces="An", since=TODAY),
        row("Chi", line=4, role=PostRole.HEAD),
        row("Dung", line=5, role=PostRole.HEAD, replaces="Chi"),
    )
    known = stored(enrol(*rows))
    for later in (0, 1, 40):
        again = enrol(*rows, roster=known, today=TODAY + later * DAY).roster
        assert again == known, later


def test_a_successor_ends_the_post_of_whoever_was_there_on_the_day_before():
    known = stored(enrol(row(phone=AN, since=date(2026, 7, 2)), row("Em", line=3)))
    roster = enrol(row("Bình", phone=BINH, replaces="An", since=date(2026, 12, 1)), roster=known).roster
    assert [(roster.people[post.person].name, post.since, post.until) for post in roster.posts] == [
        ("An", date(2026, 7, 2), date(2026, 11, 30)),
        ("Em", None, None),
        ("Bình", date(2026, 12, 1), None),
    ]
    at_once = enrol(row("Bình", phone=BINH, replaces="An"), roster=known).roster
    assert [post.until for post in at_once.posts] == [TODAY - DAY, None, None]
    assert at_once.posts[-1].since == TODAY


def test_what_a_row_leaves_blank_stays_and_words_end_a_rule_set():
    known = stored(enrol(row(phone=AN, email="an@a.vn", rule_set="quangngai", applied_by="QĐ 1", until=TODAY)))
    blank = enrol(row(), roster=known)
    assert blank.roster == known
    assert "stays bound by quangngai" in blank.notices[0][1]
    ended = enrol(row(rule_set=""), roster=known)
    assert ended.roster.agencies[0].rule_set == ""


def test_whoever_comes_back_after_the_end_has_another_post():
    known = stored(enrol(row(phone=AN, until=date(2026, 10, 31))))
    silent = enrol(row(phone=AN), roster=known)
    assert silent.roster == known
    assert "left this post on 2026-10-31" in silent.notices[0][1]
    assert len(enrol(row(phone=AN, since=TODAY), roster=known).roster.posts) == 2
    assert len(enrol(row(phone=AN, since=date(2026, 7, 2)), roster=known).roster.posts) == 1, "the same time, now known"


def test_a_new_phone_or_name_is_taken_over_and_said():
    known = stored(enrol(row(phone=AN, email="an@a.vn")))
    moved = enrol(row(phone=BINH, email="an@a.vn"), roster=known)
    assert moved.roster.people[0].phone == BINH
    renamed = enrol(row("An Bình", phone=AN), roster=known)
    assert renamed.roster.people[0].name == "An Bình"
    assert "An is now called An Bình" in renamed.notices[0][1]
