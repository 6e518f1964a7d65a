"""The Atom feed of new studies."""

import uuid
from collections.abc import Sequence
from datetime import date
from html import escape  # that of xml.sax loads an HTTP client
from pathlib import PurePosixPath

from publisher import urls
from publisher.pages.page import SiteFacts, one_sentence, plain_text
from publisher.pages.summary import StudySummary

FEED = PurePosixPath("feed.xml")
ENTRIES = 50
_ATOM = "http://www.w3.org/2005/Atom"


def feed(studies: Sequence[StudySummary], site: SiteFacts) -> bytes | None:
    """The newest released studies, newest first; None without ``base_url``, as entries must be absolute."""
    home = site.addresses.page(urls.HOME)
    if home is None:
        return None
    dated = [
        (study.record.description.release_date, study) for study in studies if study.record.description.release_date
    ]
    newest = sorted(dated, key=lambda item: (item[0], item[1].record.slug), reverse=True)[:ENTRIES]
    updated = newest[0][0] if newest else None
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<feed xmlns="{_ATOM}">',
        f"<title>{_text(site.title)}</title>",
        f"<id>{escape(home)}</id>",
        f"<updated>{_moment(updated)}</updated>",
        f'<link href="{escape(home)}"/>',
        f'<link rel="self" href="{escape(site.addresses.page(FEED) or "")}"/>',
        f"<author><name>{_text(site.publisher or site.title)}</name></author>",
        *(_entry(study, released, site) for released, study in newest),
        "</feed>",
    ]
    return ("\n".join(lines) + "\n").encode("utf-8", "replace")


def _entry(study: StudySummary, released: date | None, site: SiteFacts) -> str:
    about = study.record.description
    address = site.addresses.page(urls.study(study.record.slug)) or ""
    names = "".join(f"<author><name>{_text(author.name)}</name></author>" for author in about.authors)
    return (
        f"<entry><title>{_text(f'{study.record.key}: {about.title}')}</title>"
        f'<id>{uuid.uuid5(uuid.NAMESPACE_URL, address).urn}</id><link href="{escape(address)}"/>'
        f"<updated>{_moment(released)}</updated>{names}"
        f"<summary>{_text(one_sentence(plain_text(about.description) or about.title, limit=400))}</summary></entry>"
    )


def _moment(day: date | None) -> str:
    return f"{day or date(1970, 1, 1)}T00:00:00Z"


def _text(text: str) -> str:
    allowed = "".join(
        c for c in text if c in "\t\n\r" or " " <= c <= "\ud7ff" or "\ue000" <= c <= "\ufffd" or c > "\uffff"
    )
    return escape(allowed, quote=False)
