"""What hosts allow: a site that is too large for its host is told so before it is built or sent."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from publisher.errors import Problem, Severity

_MB = 1_000_000
_MIB = 1 << 20
_GB = 1_000_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class HostLimits:
    """Limits of one host; None = none known. ``source`` says where they are written."""

    files: int | None = None
    total_bytes: int | None = None
    largest_bytes: int | None = None
    fullest_folder: int | None = None
    """Files directly in one folder."""
    source: str


HOST_LIMITS: Mapping[str, HostLimits] = MappingProxyType(
    {
        "github-pages": HostLimits(
            total_bytes=_GB,
            largest_bytes=100 * _MB,
            source="docs.github.com, GitHub Pages limits (site 1 GB) and large files (100 MB in a repository)",
        ),
        "gitlab-pages": HostLimits(
            files=200_000, total_bytes=_GB, source="docs.gitlab.com, GitLab.com settings (1 GB; 200 000 entries)"
        ),
        "cloudflare-pages": HostLimits(
            files=20_000, largest_bytes=25 * _MIB, source="developers.cloudflare.com, Pages limits (free plan)"
        ),
        "netlify": HostLimits(
            fullest_folder=54_000, source="docs.netlify.com, Site deploys overview (files in one directory)"
        ),
        "s3": HostLimits(
            largest_bytes=5 * _GB, source="docs.aws.amazon.com, PutObject (5 GB in one request; more by parts)"
        ),
    }
)
"""Profiles with limits; the others (nginx, apache, caddy, generic) have those of their disk."""


def check_limits(
    profile: str, *, files: int, total_bytes: int, largest_bytes: int, fullest_folder: int = 0
) -> tuple[Problem, ...]:
    """Warnings where a site of this size does not fit the host of ``profile``; () for hosts without known limits."""
    limits = HOST_LIMITS.get(profile)
    if limits is None:
        return ()
    compared = (
        ("host.too-many-files", f"{files:,} files", files, limits.files, str),
        ("host.too-large", f"{size_words(total_bytes)} in all", total_bytes, limits.total_bytes, size_words),
        (
            "host.file-too-large",
            f"a file of {size_words(largest_bytes)}",
            largest_bytes,
            limits.largest_bytes,
            size_words,
        ),
        ("host.folder-too-full", f"{fullest_folder:,} files in one folder", fullest_folder, limits.fullest_folder, str),
    )
    return tuple(
        Problem(
            code=code,
            path="site_config.yaml",
            message=f"the site has {found}; {profile} takes at most {f'{limit:,}' if words is str else words(limit)}",
            hint=_HINTS[code] + f" (limit by {limits.source})",
            severity=Severity.WARNING,
        )
        for code, found, value, limit, words in compared
        if limit is not None and value > limit
    )


_HINTS: Mapping[str, str] = MappingProxyType(
    {
        "host.too-many-files": "put the pixels elsewhere by `data_url`, or set `zarr.sharding: on`",
        "host.too-large": "put the pixels elsewhere by `data_url`, for example in a bucket",
        "host.file-too-large": "set a smaller `zarr.shard_mb`, or put the pixels elsewhere by `data_url`",
        "host.folder-too-full": "put the pixels elsewhere by `data_url`, or set `zarr.sharding: on`",
    }
)


def size_words(count: int) -> str:
    """A number of bytes as people say it: ``1.5 GB``, ``20 MB``."""
    for unit, size in (("TB", 1000 * _GB), ("GB", _GB), ("MB", _MB), ("kB", 1000)):
        if count >= size:
            return f"{count / size:.3g} {unit}"
    return f"{count} bytes"
