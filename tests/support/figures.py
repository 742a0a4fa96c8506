"""A table of one figure over the years, as several tests of wording need it."""

from bot.core.findings import Column, ColumnKind, ColumnRole

YEARLY = (
    Column(name="prov", label="Tỉnh, thành phố", role=ColumnRole.NAME),
    Column(name="year", label="Năm", kind=ColumnKind.YEAR),
    Column(name="rev", label="Tổng thu", unit="triệu đồng", kind=ColumnKind.NUMBER),
)
YEARS = (("An Giang", "2012", "3439000"), ("An Giang", "2013", "8.00E+05"))
