"""Whether the chunks of an OME-Zarr source are kept or made anew, and the word on why.

Keeping them needs no leave of `privacy.unredacted_sources`, which guards originals for the words in them: of a source
whose chunks are kept nothing but those is published, and a chunk that holds anything beside its pixels is refused.
"""

from typing import Literal

from publisher.catalogue.tree import FileRef
from publisher.errors import Problem
from publisher.model.image import Image
from publisher.model.location import Address
from publisher.ngff.passthrough_plan import passthrough_plan, reference_plan
from publisher.ngff.plan import ImagePlan
from publisher.pipeline.inspected import Inspected
from publisher.pipeline.site import Site
from publisher.sources.damage import warning

Kept = Literal["copy", "link"]


def kept_or_anew(
    site: Site, ref: FileRef, inspected: Inspected, image: Image, anew: ImagePlan, *, labelled: bool
) -> ImagePlan:
    """The plan that keeps the chunks of ``image``, if it has any that can stay; else ``anew``.

    ``labelled``: labels stand below the fileset's images, whose levels theirs have to agree with.
    What a curator asked for and cannot have is a warning; what is merely usual is noted, for a plan.
    """
    encoded = inspected.inspection.encoded
    said = ref.wants.passthrough
    if not encoded and said not in (None, "rewrite"):
        site.warn([_not_kept(site, ref, f"`passthrough: {said}` is for OME-Zarr, which this is not")])
    if not encoded or said == "rewrite":
        return anew
    if said == "reference":
        address = ref.wants.url or (ref.location.public_url if isinstance(ref.location, Address) else "")
        if address:
            if ref.labels:
                site.warn([_labels_left_out(site, ref)])
            return reference_plan(anew, image.pixels, encoded[image.series], address)
        site.warn([_not_kept(site, ref, "its pixels cannot be referenced: its public address is not known")])
    wishes: tuple[Kept, ...] = ("link", "copy") if said == "link" else ("copy",)
    for wish in wishes:
        plan = passthrough_plan(
            anew,
            image.pixels,
            encoded[image.series],
            (site.config.zarr, site.config.hosting),
            link=wish == "link",
            regular=labelled or bool(inspected.inspection.plates),
        )
        if isinstance(plan, ImagePlan):
            return plan
        message = f"its chunks cannot be {'linked' if wish == 'link' else 'kept'}: {plan}"
        if said == wish:
            site.warn([_not_kept(site, ref, message)])
        else:
            site.note(f"{site.shown(ref.location)}: {message}")
    return anew


def _labels_left_out(site: Site, ref: FileRef) -> Problem:
    names = ", ".join(dict.fromkeys(said.name for said in ref.labels))
    message = f"the labels {names} are not published: its pixels stay where they are, and labels stand below pixels"
    hint = "take `passthrough: reference` out, or `labels`"
    return warning(site.shown(ref.location), "labels.left-out", message, hint=hint)


def _not_kept(site: Site, ref: FileRef, message: str) -> Problem:
    hint = "they are copied or written anew instead; say `passthrough: rewrite`, or name the store's `url:`"
    return warning(site.shown(ref.location), "pixels.not-kept", message, hint=hint)
