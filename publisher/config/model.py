"""The keys of site_config.yaml: one frozen section per stage, documented where it is defined.

A stage receives its own section; only ``pipeline`` and ``commands`` see a whole `SiteConfig`.
"""

import re
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator


class Section(BaseModel):
    """A frozen group of keys; unknown keys are faults."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


HttpUrl = Annotated[str, Field(pattern=r"^https?://[^\s<>\"]+$")]
HexColor = Annotated[str, Field(pattern=r"^#?[0-9A-Fa-f]{6}$")]


class PublisherSection(Section):
    """Who publishes the site; shown in the footer and in machine-readable records."""

    name: str = Field("", description="Name of the institution or lab.")
    url: HttpUrl | None = Field(None, description="Its home page.")
    ror: str | None = Field(None, description="Its ROR identifier, https://ror.org/....")


class NavigationItem(Section):
    """One link of the header."""

    title: str = Field(description="Words of the link.")
    page: str | None = Field(None, description="A page of content/pages by its name without .md.")
    url: HttpUrl | None = Field(None, description="An address elsewhere, instead of `page`.")


class ThemeSection(Section):
    """The look of the site."""

    name: str = Field(
        "default", description="Folder name of a theme: default, idr, an installed theme or themes/<name> of the site."
    )
    overrides: str | None = Field(
        None, description="Folder, relative to the site, whose templates/ and static/ come before the theme's."
    )
    options: dict[str, Any] = Field(default_factory=dict, description="Options of the theme, listed in its theme.yaml.")


class ZarrSection(Section):
    """The OME-Zarr that is published."""

    version: Literal["0.5", "0.4", "0.4+0.5", "0.6"] = Field(
        "0.5",
        description="Version of OME-Zarr: 0.5 (Zarr v3, sharded), 0.4 (Zarr v2, a file a chunk; read by QuPath, OMERO "
        "and today's Bio-Formats), or 0.4+0.5 (both descriptions over the same chunks); 0.6 with "
        "`experimental: true`.",
    )
    experimental: bool = Field(
        False,
        description="Allow version 0.6 (coordinate systems), which viewers in browsers do not read yet.",
    )
    preset: Literal["fast", "default", "small"] = Field(
        "default", description="Compression: fast (lz4), default (zstd 1), small (zstd 5); all lossless."
    )
    sharding: Literal["auto", "on", "off"] = Field(
        "auto",
        description="Whether many chunks share one file; auto is off for hosting.profile github-pages and for "
        "version 0.4 or 0.4+0.5, which know no shards, on elsewhere.",
    )
    shard_mb: int = Field(64, ge=1, le=4096, description="Largest shard, in MiB of uncompressed pixels.")
    chunk_px: Literal[128, 256, 512, 1024] | None = Field(
        None, description="Edge of a chunk in pixels; by default 512, or 256 for planes below 2048."
    )

    @model_validator(mode="after")
    def _experiments_are_meant(self) -> "ZarrSection":
        if self.version == "0.6" and not self.experimental:
            raise ValueError(
                "has version 0.6, which is experimental: viewers in browsers do not read it; set experimental as well "
                "if that is meant, or leave version out"
            )
        return self

    @model_validator(mode="after")
    def _only_zarr_3_is_sharded(self) -> "ZarrSection":
        if self.sharding == "on" and "0.4" in self.version:
            raise ValueError(
                f"zarr.sharding: on needs zarr.version 0.5, found {self.version}: Zarr v2 knows no shards; "
                "leave sharding out, or publish 0.5"
            )
        return self


class ThumbnailsSection(Section):
    """Thumbnails and pictures."""

    size_px: int = Field(192, ge=64, le=512, description="Edge of a thumbnail.")
    picture_px: int = Field(1024, ge=256, le=4096, description="Longest edge of the rendered picture on an image page.")
    quality: int = Field(78, ge=30, le=100, description="WebP and JPEG quality.")


class ViewersSection(Section):
    """Programs offered under "Open with"."""

    show: tuple[str, ...] = Field(
        ("vizarr", "neuroglancer", "ngff-validator", "napari"),
        description="Viewer names, in the order they are shown; a viewer that cannot open an image is left out.",
    )


class HostingSection(Section):
    """Where the site will be served."""

    profile: Literal[
        "generic", "s3", "github-pages", "gitlab-pages", "nginx", "apache", "caddy", "cloudflare-pages", "netlify"
    ] = Field(
        "generic",
        description="Kind of host; decides which configuration snippets are written and which limits are checked.",
    )
    missing_keys: Literal["404", "403"] = Field(
        "403", description="What the host answers for a file that does not exist; with 404 empty shards are left out."
    )


class PrivacySection(Section):
    """What is kept out of the published metadata."""

    redact: tuple[str, ...] = Field(
        (), description="More OME-XML element or attribute names, or key names, to leave out."
    )
    keep: tuple[str, ...] = Field((), description="Names from the default list that may be published after all.")
    unredacted_sources: Literal["refuse", "allow"] = Field(
        "refuse", description="Whether original files, which may hold private metadata, may be offered."
    )


class DownloadsSection(Section):
    """Files to download: images in one file, originals."""

    ozx: Literal["none", "image"] = Field(
        "none",
        description="image: each image also as one file, an OME-Zarr in a zip that is not compressed again. "
        "Doubles the bytes of the site.",
    )
    originals: Literal["none", "link", "copy"] = Field(
        "none", description="none, link (by `url`), or copy into the site."
    )
    url: str | None = Field(None, description="Address of an original; {study} and {path} are filled in.")


class CatalogueGroup(Section):
    """One group of study cards on the front page."""

    title: str = Field(description="Heading of the group.")
    description: str = Field("", description="One sentence below the heading.")
    where: dict[str, str] = Field(
        default_factory=dict,
        description="What a study must have: organism, imaging_method, keyword, study_type or licence, and its value.",
    )


class CatalogueSection(Section):
    """The front page."""

    sentence: str = Field("", description="The one sentence of the front page.")
    groups: tuple[CatalogueGroup, ...] = Field(
        (), description="Groups of studies, in order; a study stands in the first that fits."
    )
    featured: str | None = Field(
        None, description="Slug of the study, or <study>/<image id>, shown large on the front page."
    )
    page_size: int = Field(120, ge=10, le=1000, description="Images on one page of a dataset.")
    quality_page: bool = Field(
        False,
        description="Whether each study has a public page with what `publisher lint` says of it: odd images, and what "
        "is not described. Off by default, because a curator should have seen it first.",
    )


class BuildSection(Section):
    """Where a build writes."""

    output: str = Field("_site", description="Output folder, relative to the site.")
    content: str = Field("content", description="Content folder, relative to the site.")
    data_store: str | None = Field(
        None,
        description="Store that the data/ folder is sent to after a build, such as s3://bucket/prefix, gs://, az:// or "
        "file://; `data_url` is where the public finds it. Keys come from the environment or ~/.aws.",
    )

    @field_validator("data_store")
    @classmethod
    def _is_an_address(cls, value: str | None) -> str | None:
        if value is None or re.fullmatch(r"(?!https?:)[a-z][a-z0-9+.-]*://[^\s@?#]*", value):
            return value
        raise ValueError("must be the address of a store, without keys, such as s3://bucket/prefix")


class SiteConfig(Section):
    """All of site_config.yaml."""

    title: str = Field(description="Name of the site.")
    description: str = Field("", description="One sentence for search engines and the feed.")
    base_url: HttpUrl | None = Field(
        None, description="Public address of the site; without it pages carry no absolute links."
    )
    data_url: HttpUrl | None = Field(
        None, description="Public address of the data/ folder's parent, when pixels live elsewhere."
    )
    language: str = Field(
        "en", pattern=r"^[a-zA-Z]{2,3}(-[A-Za-z0-9]{2,8})*$", description="Language of the texts (BCP 47)."
    )
    publisher: PublisherSection = Field(default_factory=PublisherSection, description="Who publishes.")
    contact: str | None = Field(None, description="E-mail or web address for questions.")
    licence: str | None = Field(None, description="Default licence of studies, an SPDX identifier such as CC-BY-4.0.")
    navigation: tuple[NavigationItem, ...] = Field((), description="Links of the header after Studies.")
    theme: ThemeSection = Field(default_factory=ThemeSection, description="The look.")
    zarr: ZarrSection = Field(default_factory=ZarrSection, description="The published OME-Zarr.")
    thumbnails: ThumbnailsSection = Field(default_factory=ThumbnailsSection, description="Pictures.")
    viewers: ViewersSection = Field(default_factory=ViewersSection, description="Open with.")
    hosting: HostingSection = Field(default_factory=HostingSection, description="The host.")
    privacy: PrivacySection = Field(default_factory=PrivacySection, description="What stays private.")
    downloads: DownloadsSection = Field(default_factory=DownloadsSection, description="Files to download.")
    catalogue: CatalogueSection = Field(default_factory=CatalogueSection, description="The front page.")
    build: BuildSection = Field(default_factory=BuildSection, description="Folders.")

    @model_validator(mode="after")
    def _copies_are_allowed(self) -> "SiteConfig":
        if self.downloads.originals == "copy" and self.privacy.unredacted_sources != "allow":
            raise ValueError(
                "downloads.originals: copy publishes files with all they hold (names, paths, patient tags); "
                "set privacy.unredacted_sources: allow if that is meant"
            )
        return self

    @model_validator(mode="after")
    def _single_files_are_zarr_3(self) -> "SiteConfig":
        if self.downloads.ozx != "none" and self.zarr.version == "0.4":
            raise ValueError(
                f"downloads.ozx: {self.downloads.ozx} needs Zarr v3 (a .ozx has zarr.json at its root), found "
                f"zarr.version {self.zarr.version}; set it to 0.4+0.5 or 0.5"
            )
        return self

    @field_validator("base_url", "data_url")
    @classmethod
    def _end_with_slash(cls, value: str | None) -> str | None:
        return value if value is None or value.endswith("/") else value + "/"


def is_sharded(zarr: ZarrSection, hosting: HostingSection) -> bool:
    """Whether published arrays put many chunks into one file: not on a host whose compression breaks ranges, and
    not in Zarr v2, nor over chunks that it shares."""
    if "0.4" in zarr.version:
        return False
    return zarr.sharding == "on" or (zarr.sharding == "auto" and hosting.profile != "github-pages")
