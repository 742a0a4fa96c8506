"""Whose an item or a dataset is: the agency behind a printed name. Never guessed."""

import re
from collections.abc import Iterable

from bot.core.obligations.agency import Agency, same_name
from bot.core.obligations.profile import Role
from bot.core.text import tokens

_PROVINCE = re.compile(r" (tỉnh|thành phố) .*$")


class Owners:
    """Agencies by the names and aliases that catalogues print."""

    def __init__(self, agencies: Iterable[Agency]) -> None:
        self._named: dict[tuple[str, str], list[Agency]] = {}
        self._found: dict[tuple[str, str], Agency | None] = {}
        for agency in agencies:
            for name in {fold_name(text) for text in (agency.name, *agency.aliases)} - {""}:
                for territory in {agency.province, agency.rule_set} - {""}:
                    self._named.setdefault((territory, name), []).append(agency)

    def find(self, territory: str, printed: str) -> Agency | None:
        """The agency of ``territory`` (the id of a province or of a profile) with that name or alias, whatever its
        case and lacking diacritics (xã Sơn Hà is never xã Sơn Hạ); of several the one of that province. None when there
        is none, or still several."""
        asked = territory, printed
        if asked not in self._found:
            self._found[asked] = self._find(territory, printed)
        return self._found[asked]

    def find_role(self, profile: str, role: Role) -> Agency | None:
        """The agency with that ``role``, among those that the rule set of ``profile`` binds; its own name may leave out
        the province that the role's name ends with ("… tỉnh Quảng Ngãi")."""
        names = (role.name_now, _PROVINCE.sub("", role.name_now), role.name_in_text)
        found = (self.find(profile, name) for name in names if name)
        return next((agency for agency in found if agency and agency.rule_set == profile), None)

    def _find(self, territory: str, printed: str) -> Agency | None:
        folded = self._named.get((territory, fold_name(printed)), [])
        named = [each for each in folded if any(same_name(printed, name) for name in (each.name, *each.aliases))]
        at_home = [agency for agency in named if agency.province == territory] or named
        return at_home[0] if len(at_home) == 1 else None


def fold_name(name: str) -> str:
    """The form in which names of agencies are compared."""
    return " ".join(tokens(name))
