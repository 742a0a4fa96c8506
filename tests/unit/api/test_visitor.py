"""Who asks: behind a proxy, in a home with many addresses, with a key in one of two headers."""

import pytest

from gateway.api.visitor import shown_key, visitor_at


@pytest.mark.parametrize(
    ("remote", "forwarded", "who"),
    [
        ("203.0.113.9", "", "203.0.113.9"),
        ("8.8.8.8", "1.1.1.1", "8.8.8.8"),
        ("127.0.0.1", "", "127.0.0.1"),
        ("127.0.0.1", "1.1.1.1", "1.1.1.1"),
        ("127.0.0.1", "9.9.9.9, 1.1.1.1", "1.1.1.1"),
        ("172.18.0.1", "1.1.1.1", "1.1.1.1"),
        ("127.0.0.1", "unknown", "127.0.0.1"),
        ("2001:ee0:1:2:3:4:5:6", "", "2001:ee0:1:2::/64"),
        ("::ffff:8.8.8.8", "", "8.8.8.8"),
        ("::1", "2001:ee0:1:2::9", "2001:ee0:1:2::/64"),
        (None, "", ""),
    ],
)
def test_an_address_is_told_from_another(remote, forwarded, who):
    visitor = visitor_at(remote, {"X-Forwarded-For": forwarded} if forwarded else {})
    assert (visitor.policy, visitor.who, visitor.keyed) == ("address", who, False)


@pytest.mark.parametrize(
    ("headers", "key"),
    [
        ({}, None),
        ({"X-Api-Key": "k"}, "k"),
        ({"Authorization": "Bearer k"}, "k"),
        ({"Authorization": "bearer  k "}, "k"),
        ({"Authorization": "Basic dTpw"}, ""),
        ({"Authorization": "Bearer"}, ""),
        ({"Authorization": "Bearer a", "X-Api-Key": "b"}, "a"),
    ],
)
def test_a_key_stands_in_one_of_two_headers(headers, key):
    assert shown_key(headers) == key
