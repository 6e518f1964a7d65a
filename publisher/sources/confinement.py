"""Files named by files: resolved inside declared folders, or refused."""

from pathlib import Path

from publisher.errors import DamagedSourceError, Problem


def resolve_inside(path: Path, folders: tuple[Path, ...]) -> Path:
    """Real path of ``path`` when it lies below one of ``folders``, symlinks followed.

    Raises DamagedSourceError otherwise: an image must not pull in files from elsewhere on this disk
    (tifffile follows ``../`` and absolute names in ``UUID FileName``: measured).
    """
    try:
        real = path.resolve()
    except (OSError, ValueError, RuntimeError) as error:  # a name with a NUL byte, a loop of symlinks
        raise DamagedSourceError(
            Problem(code="source.bad-name", path=str(path), message=f"names a file that cannot exist: {error}")
        ) from error
    for folder in folders:
        if real.is_relative_to(folder.resolve()):
            return real
    raise DamagedSourceError(
        Problem(
            code="source.outside-roots",
            path=str(path),
            message=f"refers to a file outside the study: {real.name}",
            hint="move the file into the study's folder, or name its folder under `sources:` in study.yaml",
        )
    )
