"""The settings of a channel of templates, and the ids by which its messages are known."""

import pytest
from pydantic import ValidationError

from gateway.channels.zalo_template import CHANNEL, ZaloTemplateAccount
from gateway.zalo.templates import MAX_TRACKING, tracking_id

KEYS = ("7:0", "7:1", "70:1", "7:01", "123456789012345678:12", "too many requests", "7-0", "", "ệ", "x" * 500)


def test_every_key_has_a_tracking_id_of_its_own_that_the_provider_takes():
    made = [tracking_id(key) for key in KEYS]
    assert len(set(made)) == len(KEYS)
    for one in made:
        assert 1 <= len(one) <= MAX_TRACKING
        assert one.isascii()
        assert one.replace("-", "").replace("_", "").isalnum()


WRONG = {
    "a template that nobody declared": ({"templates": {"khuyen-mai": "1"}}, "there is no template khuyen-mai"),
    "a number that is none": ({"templates": {"nhac-han": "abc"}}, "pattern"),
    "a mode that is none": ({"mode": "test"}, "development"),
    "an account that is no number": ({"account": "main"}, "pattern"),
    "a key of the other channel": ({"oa_secret": "x"}, "Extra inputs"),
}


@pytest.mark.parametrize(("changes", "reason"), WRONG.values(), ids=WRONG.keys())
def test_wrong_settings_stop_the_start_with_a_sentence(changes, reason):
    right = {"channel": CHANNEL.name, "account": "4318246701934865207", "app_id": "10872", "app_secret": "secret"}
    assert ZaloTemplateAccount.model_validate(right).templates == {}
    with pytest.raises(ValidationError, match=reason):
        ZaloTemplateAccount.model_validate({**right, **changes})
