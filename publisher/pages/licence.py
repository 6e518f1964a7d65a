"""Licences by their SPDX identifier: the badge, the name, the legal text."""

import re
from dataclasses import dataclass

_CREATIVE_COMMONS = re.compile(r"CC-(BY(?:-NC)?(?:-SA|-ND)?)-(\d\.\d)\Z", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Licence:
    """A licence: SPDX ``id``, ``name``, badge in two parts (``family``, ``detail`` or empty), ``url`` of its text."""

    id: str
    name: str
    family: str
    detail: str
    url: str | None = None


def licence(spdx: str | None) -> Licence | None:
    """The licence named by an SPDX identifier; an unknown one is shown by its name, without a link."""
    if not spdx:
        return None
    if match := _CREATIVE_COMMONS.match(spdx):
        terms, version = match[1].upper(), match[2]
        url = f"https://creativecommons.org/licenses/{terms.lower()}/{version}/"
        return Licence(id=spdx, name=f"CC {terms} {version}", family="CC", detail=f"{terms} {version}", url=url)
    if spdx.upper() == "CC0-1.0":
        url = "https://creativecommons.org/publicdomain/zero/1.0/"
        return Licence(id=spdx, name="CC0 1.0", family="CC0", detail="1.0", url=url)
    family, _, detail = spdx.partition("-")
    page = f"https://spdx.org/licenses/{spdx}.html" if re.fullmatch(r"[A-Za-z0-9.+-]+", spdx) else None
    return Licence(id=spdx, name=f"{family} {detail}".strip(), family=family, detail=detail, url=page)
