"""In whose name officers are reminded: the portal authority of each decision, and how to turn to it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bot.core.obligations.agency import Agency
from bot.core.obligations.obligation import Obligation
from bot.core.obligations.profile import RuleSet
from bot.core.obligations.rule import Bearer

_SHORT = {
    "Ủy ban nhân dân": "UBND",
    "Uỷ ban nhân dân": "UBND",
    "Khoa học và Công nghệ": "KHCN",
    "Thông tin và Truyền thông": "TTTT",
    "Nông nghiệp và Môi trường": "NNMT",
    "Văn hóa, Thể thao và Du lịch": "VHTTDL",
    "Giáo dục và Đào tạo": "GDĐT",
    " tỉnh ": " ",
}
"""How offices shorten their names where each letter costs money."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Letterhead:
    """Who signs and who is addressed. ``contact`` is where to turn to, empty where the operator names nothing."""

    rule_sets: Mapping[str, RuleSet]
    agencies: Mapping[int, Agency]
    contact: str = ""

    def authority(self, obligations: Iterable[Obligation]) -> str:
        """The authority that watches over these duties; of several decisions each one's."""
        names = (self._authority_of(each.province) for each in obligations)
        return ", ".join(dict.fromkeys(filter(None, names)))

    def agency(self, obligation: Obligation) -> str:
        """The agency that has the duty, as it is recorded here, else as the catalogue prints it."""
        known = self.agencies.get(obligation.agency) if obligation.agency is not None else None
        return known.name if known is not None else obligation.owner

    def cite(self, obligation: Obligation) -> str:
        """The article of the duty, with the decision."""
        rules = self.rule_sets.get(obligation.province)
        return rules.cite(obligation.rule) if rules is not None else obligation.rule.article

    def _authority_of(self, province: str) -> str:
        rules = self.rule_sets.get(province)
        role = rules.roles.get(Bearer.PORTAL_AUTHORITY) if rules is not None else None
        if rules is None or role is None:
            return rules.name if rules is not None else province
        return role.name_now or f"{role.name_in_text} {rules.name}"


def shorten_name(name: str) -> str:
    """The name of an office as offices shorten it: "Sở KHCN Quảng Ngãi"."""
    for whole, short in _SHORT.items():
        name = name.replace(whole, short)
    return name
