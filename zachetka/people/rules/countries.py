"""Citizenship as a code of the classifier of countries (ОКСМ): three digits, РФ is 643 (п. 2.1)."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from babel import Locale
from babel.core import get_global

from zachetka.core.errors import RuleViolation
from zachetka.core.text import flaw, quoted, search_key

FIELD: Final = "citizenship"
CLAUSE: Final = "2.1"
RUSSIA: Final = "643"
STATELESS: Final = "000"

BESIDES_CLDR: Final = {STATELESS: "Без гражданства", "895": "Абхазия", "896": "Южная Осетия"}
"""Codes of ОКСМ that the international tables do not have."""

WITHDRAWN: Final = frozenset({"230", "249", "278", "280", "720", "736", "886", "967", "973", "974", "983", "999"})
"""Codes in the international tables of countries that are no more, or of none."""

ALSO: Final = {
    "рф": "643",
    "российская федерация": "643",
    "россиянин": "643",
    "россиянка": "643",
    "русское": "643",
    "российское": "643",
    "лицо без гражданства": "000",
    "лбг": "000",
    "апатрид": "000",
    "белоруссия": "112",
    "рб": "112",
    "республика беларусь": "112",
    "рк": "398",
    "республика казахстан": "398",
    "кыргызстан": "417",
    "кыргызская республика": "417",
    "киргизская республика": "417",
    "республика узбекистан": "860",
    "республика таджикистан": "762",
    "республика армения": "051",
    "республика молдова": "498",
    "молдавия": "498",
    "туркмения": "795",
    "азербайджанская республика": "031",
    "кнр": "156",
    "китайская народная республика": "156",
    "сша": "840",
    "соединенные штаты америки": "840",
    "англия": "826",
    "соединенное королевство": "826",
    "корея": "410",
    "южная корея": "410",
    "северная корея": "408",
    "голландия": "528",
    "фрг": "276",
    "эмираты": "784",
    "объединенные арабские эмираты": "784",
    "социалистическая республика вьетнам": "704",
    "свазиленд": "748",
    "македония": "807",
    "бирма": "104",
}
"""Names that people write and the tables do not have, by `search_key`."""

_CITIZEN: Final = re.compile(r"^(?:гражданин|гражданка|гражданство|гр\.?)\s+")
_BY_ADJECTIVE: Final = {"россии": "643", "казахстана": "398", "беларуси": "112", "узбекистана": "860", "украины": "804"}


@lru_cache(maxsize=1_024)
def citizenship(value: str | float) -> str:
    """Return the three-digit code of a country (п. 2.1).

    Args:
        value: a code of ОКСМ, two or three Latin letters, or a Russian name: «643», «RU», «РФ», «Казахстан».

    Raises:
        RuleViolation: no such country.
    """
    text = f"{value:.0f}" if isinstance(value, int | float) else value
    reason = flaw(text[:200])
    if reason:
        raise RuleViolation(CLAUSE, reason, field=FIELD)
    key = _CITIZEN.sub("", search_key(text))
    if key.isascii() and key.isdigit() and len(key) <= 3:
        code = key.zfill(3)
        if code in countries():
            return code
    found = _names().get(key) or _BY_ADJECTIVE.get(key)
    if found is None:
        sentence = f"Нет такой страны: {quoted(text)}. Впишите название или код ОКСМ, для России 643."
        raise RuleViolation(CLAUSE, sentence, field=FIELD)
    return found


@lru_cache(maxsize=1)
def countries() -> dict[str, str]:
    """Return code → Russian name for every country a person may be a citizen of."""
    russian = Locale("ru").territories
    return BESIDES_CLDR | {code: russian[letters] for code, letters in _numeric().items() if letters in russian}


@lru_cache(maxsize=1)
def _numeric() -> dict[str, str]:
    aliases = get_global("territory_aliases")
    return {
        code: now[0]
        for code, now in aliases.items()
        if len(code) == 3 and code.isdigit() and code not in WITHDRAWN and len(now) == 1
    }


@lru_cache(maxsize=1)
def _names() -> dict[str, str]:
    codes = {letters: code for code, letters in sorted(_numeric().items(), reverse=True)}
    names = {search_key(name): code for code, name in countries().items()}
    names |= {letters.casefold(): code for letters, code in codes.items()}
    for alias, now in get_global("territory_aliases").items():
        if len(alias) == 3 and alias.isalpha() and len(now) == 1 and now[0] in codes:
            names.setdefault(alias.casefold(), codes[now[0]])
    return names | ALSO
