"""Hosts: the configuration each needs, written for a curator to put in place, and the limits each sets.

What a viewer needs of a host (measured on nginx, Apache, Caddy, S3): byte ranges, suffix ranges too; CORS on
every status, 404 too; a preflight that allows Range; no compression on the fly of anything read by ranges
(nginx drops ranges when it compresses, and a browser's cache then mixes the two); a 404 for what is missing.
"""

from collections.abc import Callable, Mapping
from pathlib import PurePosixPath
from types import MappingProxyType

from publisher.check.hosting_servers import apache, caddy, nginx
from publisher.check.hosting_services import headers_file, s3
from publisher.config.model import HostingSection

_Writer = Callable[[HostingSection, str | None, str | None], dict[str, str]]


def _no_jekyll(section: HostingSection, base_url: str | None, data_url: str | None) -> dict[str, str]:
    """GitHub Pages leaves out files whose name begins with _ or . unless this (empty) file is there."""
    return {".nojekyll": ""}


def _nothing(section: HostingSection, base_url: str | None, data_url: str | None) -> dict[str, str]:
    return {}


_WRITERS: Mapping[str, _Writer] = MappingProxyType(
    {
        "generic": _nothing,
        "s3": s3,
        "github-pages": _no_jekyll,
        "gitlab-pages": _nothing,  # serves every name as it is, with CORS for all; takes no settings from the site
        "nginx": nginx,
        "apache": apache,
        "caddy": caddy,
        "cloudflare-pages": headers_file,
        "netlify": headers_file,
    }
)


def profile_files(hosting: HostingSection, *, base_url: str | None, data_url: str | None) -> dict[PurePosixPath, bytes]:
    """The files that ``hosting.profile`` adds to a site, by their path in it.

    ``base_url`` and ``data_url`` are the addresses of site_config.yaml; where they are known the files name
    them, else they say what to fill in.
    """
    written = _WRITERS[hosting.profile](hosting, base_url, data_url)
    return {PurePosixPath(name): text.encode() for name, text in sorted(written.items())}
