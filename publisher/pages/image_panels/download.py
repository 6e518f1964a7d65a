"""Download: OME-XML, pictures, statistics, originals."""

from dataclasses import dataclass
from typing import ClassVar

from publisher.pages import quantities
from publisher.pages.image_panels.panel import Panel
from publisher.pages.links import Linker, external
from publisher.pages.published import FileFact, PublishedImage


@dataclass(frozen=True, slots=True, kw_only=True)
class FileLink:
    """A file to download: ``size`` in words, ``sha256`` in hexadecimal or empty, ``checksum`` the same in short."""

    title: str
    href: str
    size: str = ""
    sha256: str = ""
    checksum: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DownloadPanel(Panel):
    """Files of the image, with the address of its pixels (``zarr_url``), which is copied rather than followed."""

    kind: ClassVar[str] = "download"

    files: tuple[FileLink, ...]
    zarr_url: str = ""
    zarr_size: str = ""


def download_panel(item: PublishedImage, linker: Linker, zarr_url: str) -> DownloadPanel | None:
    """Everything that can be taken away; None for a record with no files."""
    pictures = item.pictures
    facts = list(filter(None, (item.ome_xml,)))
    if pictures:
        facts.append(FileFact(title="Picture as shown (WebP)", path=pictures.picture.path))
        facts += [FileFact(title="Picture as shown (JPEG)", path=pictures.card.path)] if pictures.card else []
    facts += [FileFact(title="Statistics (JSON)", path=item.statistics_file)] if item.statistics_file else []
    files = tuple(filter(None, (file_link(file, linker) for file in (*facts, *item.files))))
    if not files and not zarr_url:
        return None
    size = quantities.byte_size(item.store_bytes) if item.store_bytes is not None else ""
    return DownloadPanel(files=files, zarr_url=zarr_url, zarr_size=size)


def file_link(file: FileFact, linker: Linker) -> FileLink | None:
    """A file as a link; None where its address is not one a page may name."""
    href = linker.to(file.path) if file.path else external(file.url or "")
    if href is None:
        return None
    size = quantities.byte_size(file.size) if file.size is not None else ""
    short = f"SHA-256 {file.sha256[:4]}…{file.sha256[-4:]}" if file.sha256 else ""
    return FileLink(title=file.title, href=href, size=size, sha256=file.sha256, checksum=short)
