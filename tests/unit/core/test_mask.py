"""What is hidden before storage, and what must stay. All numbers are invented."""

import pytest

from bot.core.mask import mask_identifiers


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        pytest.param("CCCD 051203004567", "CCCD ***", id="12 digits"),
        pytest.param("tôi là A, 051203004567.", "tôi là A, ***.", id="12 digits without a word for them"),
        pytest.param("cccd: 051 203 004 567 của tôi", "cccd: *** của tôi", id="four groups of three"),
        pytest.param("051.203.004.567", "***", id="dots and a leading zero"),
        pytest.param("0512.0300.4567", "***", id="three groups of four"),
        pytest.param("051-203-004567", "***", id="3-3-6 with hyphens"),
        pytest.param("051 2 03 004567", "***", id="province, century, year, serial"),
        pytest.param("051203004567/051203004568", "***/***", id="two of them"),
        pytest.param(
            "căn cước công dân của tôi: 123.456.789.012", "căn cước công dân của tôi: ***", id="named, dotted"
        ),
        pytest.param("CMND 212345678", "CMND ***", id="9 digits"),
        pytest.param("cmnd 212.345.678 cấp 2010", "cmnd *** cấp 2010", id="9 digits, named, dotted"),
        pytest.param("số 212 345 678", "số ***", id="9 digits in groups"),
        pytest.param("so dinh danh051203004567", "so dinh danh***", id="glued to its name"),
        pytest.param("051203004567…", "***…", id="a sign that folds to three characters"),
        pytest.param("mật khẩu: hoaCuc#9", "mật khẩu: ***", id="password with colon"),
        pytest.param("MẬT KHẨU=hoacuc", "MẬT KHẨU=***", id="password with equals sign"),
        pytest.param("mat khau abc123 khong vao duoc", "mat khau *** khong vao duoc", id="password without a sign"),
        pytest.param("mật khẩu là hoacuc", "mật khẩu là ***", id="password told"),
        pytest.param("mật khẩu email của tôi: “hoa cúc 9”", "mật khẩu email của tôi: ***", id="password in quotes"),
        pytest.param("mật khẩu wifi Abc12345", "mật khẩu wifi ***", id="password of something"),
        pytest.param("password=hunter2&x", "password=***", id="English"),
        pytest.param("mk: hoacuc", "mk: ***", id="mk"),
        pytest.param("token = 123:AAbb-cc", "token = ***", id="token"),
        pytest.param("otp 123456", "otp ***", id="one-time code"),
        pytest.param("OTP của tôi là 1234", "OTP của tôi là ***", id="one-time code told"),
        pytest.param("mã otp: 99 22 11", "mã otp: ***", id="one-time code in groups"),
        pytest.param("mã xác nhận gửi về máy 482913", "mã xác nhận gửi về máy ***", id="confirmation code"),
        pytest.param("PIN 1234", "PIN ***", id="PIN"),
        pytest.param("mã pin của tôi là 123456", "mã pin của tôi là ***", id="PIN told"),
        pytest.param("pin: 2580.", "pin: ***.", id="PIN with colon"),
        pytest.param("cccd 051203004567 mật khẩu: 051203004568", "cccd *** mật khẩu: ***", id="several"),
    ],
)
def test_identifiers_are_hidden(text: str, masked: str) -> None:
    assert mask_identifiers(text) == masked
    assert mask_identifiers(masked) == masked


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="nothing"),
        pytest.param("1", id="a choice"),
        pytest.param("7KQ2M", id="an answer code"),
        pytest.param("dân số 2.161.755 người năm 2025", id="a figure with thousand dots"),
        pytest.param("ngân sách 212.345.678 đồng", id="9 digits with thousand dots"),
        pytest.param("ngân sách 123.456.789.012 đồng", id="12 digits with thousand dots"),
        pytest.param("212345678 đồng", id="9 digits with a unit"),
        pytest.param("212 345 678 người", id="9 digits in groups with a unit"),
        pytest.param("3.141592653", id="9 decimals"),
        pytest.param("2019 2020 2021", id="years"),
        pytest.param("2019-2020-2021", id="years with hyphens"),
        pytest.param("01/07/2025", id="a date"),
        pytest.param("từ 01-07-2025 đến 20260701", id="dates without slashes"),
        pytest.param("xã 21211", id="5-digit code"),
        pytest.param("mã 12345678", id="8-digit code"),
        pytest.param("0400123456-001", id="tax number of a unit"),
        pytest.param("gọi 1022 hay 113", id="short numbers"),
        pytest.param("0255 382 2862", id="landline in groups"),
        pytest.param("02553822862", id="landline"),
        pytest.param("0905 123 456, 091 234 5678", id="mobile numbers in groups"),
        pytest.param("+84 905123456, (+84) 905 123 456", id="international numbers"),
        pytest.param("https://x.vn/tin-123456789.html", id="a link"),
        pytest.param("mật khẩu là gì", id="asking what a password is"),
        pytest.param("quên mật khẩu, gọi 1022", id="forgotten password"),
        pytest.param("quen mat khau goi 02553822862", id="forgotten password and a telephone"),
        pytest.param("đổi mật khẩu cổng dữ liệu mở năm 2025", id="changing a password"),
        pytest.param("sản lượng pin 2025", id="batteries in a year"),
        pytest.param("pin 5000 mAh", id="a battery"),
        pytest.param("pin mặt trời 100000 kW", id="solar panels"),
    ],
)
def test_questions_stay_as_they_are(text: str) -> None:
    assert mask_identifiers(text) == text
