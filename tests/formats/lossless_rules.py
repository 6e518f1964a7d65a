"""How values moved from release to release, and what is stated to change: the rules of the lossless comparison.

Each rule names where it is written down: a transform of OME (``2008-09-to-2009-09.xsl`` and so on, in the ome-types
wheel), or a docstring of this project.
"""

import re
from dataclasses import dataclass

KIND = r"(?:Rectangle|Mask|Point|Ellipse|Line|Polyline|Polygon|Label)"
LIGHT = r"(?:Laser|Arc|Filament|LightEmittingDiode|GenericExcitationSource)"
CHANNEL = "OME/Image/Pixels/Channel"


@dataclass(frozen=True, slots=True)
class Move:
    """Values at ``old`` now stand at ``new``; both are regular expressions."""

    old: str
    new: str

    def targets(self, path: str) -> re.Pattern[str] | None:
        """Where the value of ``path`` may stand now; None when the rule is not about it."""
        found = re.fullmatch(self.old, path)
        return re.compile(re.sub(r"\\(\d)", lambda group: found[int(group[1])] or "", self.new)) if found else None


_SHAPE = r"OME/ROI/Union/Shape"
_SHAPE_2008 = r"OME/Image/(?:DisplayOptions/)?ROI/Union/Shape"
_CHANNEL_2008 = r"OME/Image/(?:LogicalChannel|ChannelInfo)"
_ANNOTATIONS = "OME/StructuredAnnotations"
_BEAM = "OME/Experiment/MicrobeamManipulation"
_MOVED: dict[str, tuple[tuple[str, str], ...]] = {
    "2015-01-to-2016-06": (
        (rf"{_SHAPE}/({KIND})/(.+)", r"OME/ROI/Union/\1/\2"),
        (rf"{_SHAPE}/(@\w+|AnnotationRef/@ID|Transform/@\w+)", rf"OME/ROI/Union/{KIND}/\1"),
        (rf"OME/Instrument/LightSource/({LIGHT})(/.+)?", r"OME/Instrument/\1\2"),
        (r"OME/Instrument/LightSource/(@\w+|AnnotationRef/@ID)", rf"OME/Instrument/{LIGHT}/\1"),
    ),
    "2013-06-to-2015-01": ((r"OME/Image/Pixels/AnnotationRef/@ID", "OME/Image/AnnotationRef/@ID"),),
    "2011-06-to-2012-06": (
        (rf"{_SHAPE}/@Label", rf"OME/ROI/Union/{KIND}/@Text"),
        (rf"{_SHAPE}/@(Fill|Stroke)", rf"OME/ROI/Union/{KIND}/@\1Color"),
        (rf"{_SHAPE}/@Marker(Start|End)", r"OME/ROI/Union/(?:Line|Polyline)/@Marker\1"),
        (rf"{_SHAPE}/Text/@([XY])", r"OME/ROI/Union/Label/@\1"),
        (rf"{_SHAPE}/Text/Value", "OME/ROI/Union/Label/@Text"),
        (rf"{_SHAPE}/Polyline/@Points", "OME/ROI/Union/Polygon/@Points"),  # closed ones
        ("OME/Image/AcquiredDate", "OME/Image/AcquisitionDate"),
        ("OME/Experimenter/@?OMEName", "OME/Experimenter/@UserName"),
        ("OME/Group/(@Name|Description)", r"OME/ExperimenterGroup/\1"),
        ("OME/Group/(?:Leader|Contact)/@ID", "OME/ExperimenterGroup/(?:Leader|ExperimenterRef)/@ID"),
        (r"OME/(\w+)/GroupRef/@ID", r"OME/\1/ExperimenterGroupRef/@ID"),
        ("OME/Plate/Well/@Status", "OME/Plate/Well/@Type"),
    ),
    "2010-04-to-2010-06": ((f"{_ANNOTATIONS}/StringAnnotation/(.+)", rf"{_ANNOTATIONS}/CommentAnnotation/\1"),),
    "2009-09-to-2010-04": (
        (rf"{_SHAPE}/ShapeDisplayOptions/@(\w+)", rf"OME/ROI/Union/{KIND}/@\1"),
        (rf"{_SHAPE}/ShapeDisplayOptions/@(Fill|Stroke)", rf"OME/ROI/Union/{KIND}/@\1Color"),
        (r"OME/Image/Pixels/Channel/@Secondary(Ex|Em)\w+Filter", rf"{CHANNEL}/LightPath/\1\w+FilterRef/@ID"),
        ("OME/Plate/Well/WellSample/@Pos([XY])", r"OME/Plate/Well/WellSample/@Position\1"),
        ("OME/Screen/ScreenAcquisition/(.+)", r"OME/Plate/PlateAcquisition/\1"),
    ),
    "2008-09-to-2009-09": (
        ("OME/Image/(?:DisplayOptions/)?ROI/@ID", "OME/ROI/@ID|OME/Image/ROIRef/@ID"),
        (f"{_SHAPE_2008}/@ID", rf"OME/ROI/Union/{KIND}/@ID"),
        (f"{_SHAPE_2008}/@the([TZ])", rf"OME/ROI/Union/{KIND}/@The\1"),
        (f"{_SHAPE_2008}/(?:Circle|Ellipse)/@c([xy])", r"OME/ROI/Union/Ellipse/@(?i:\1)"),
        (f"{_SHAPE_2008}/Ellipse/@r([xy])", r"OME/ROI/Union/Ellipse/@Radius(?i:\1)"),
        (f"{_SHAPE_2008}/Circle/@r", "OME/ROI/Union/Ellipse/@Radius[XY]"),
        (f"{_SHAPE_2008}/Point/@c([xy])", r"OME/ROI/Union/Point/@(?i:\1)"),
        (f"{_SHAPE_2008}/Line/@([xy][12])", r"OME/ROI/Union/Line/@(?i:\1)"),
        (rf"{_SHAPE_2008}/(?:Rect|Mask)/@(\w+)", r"OME/ROI/Union/(?:Rectangle|Mask)/@(?i:\1)"),
        (f"{_SHAPE_2008}/(Polyline|Polygon)/@points", r"OME/ROI/Union/\1/@Points"),
        (rf"{_SHAPE_2008}/Mask/MaskPixels(?:/BinData)?(|/@\w+)", r"OME/ROI/Union/Mask/BinData\1"),
        (r"OME/Instrument/FilterSet/@(Ex|Em)FilterRef", r"OME/Instrument/FilterSet/\1\w+FilterRef/@ID"),
        ("OME/Instrument/FilterSet/@DichroicRef", "OME/Instrument/FilterSet/DichroicRef/@ID"),
        (r"OME/Instrument/Objective/(\w+)", r"OME/Instrument/Objective/@\1"),
        ("OME/Image/CreationDate", "OME/Image/AcquisitionDate"),
        ("OME/Image/Pixels/@PixelType", "OME/Image/Pixels/@Type"),
        (r"OME/Image/Pixels/Plane/(?:PlaneTiming|StagePosition)/(@\w+)", r"OME/Image/Pixels/Plane/\1"),
        (r"OME/Image/ObjectiveRef/(@\w+)", r"OME/Image/ObjectiveSettings/\1"),
        (rf"{_CHANNEL_2008}/(@\w+)", rf"{CHANNEL}/\1"),
        (f"{_CHANNEL_2008}/@(Ex|Em)Wave", rf"{CHANNEL}/@\1\w+Wavelength"),
        (f"{_CHANNEL_2008}/@N[dD][Ff]ilter", f"{CHANNEL}/@NDFilter"),
        (f"{_CHANNEL_2008}/@Mode", f"{CHANNEL}/@AcquisitionMode"),
        (rf"{_CHANNEL_2008}/@Secondary(Ex|Em)\w+Filter", rf"{CHANNEL}/LightPath/\1\w+FilterRef/@ID"),
        (rf"{_CHANNEL_2008}/(Detector|LightSource)Ref/(@\w+)", rf"{CHANNEL}/\1Settings/\2"),
        (f"{_CHANNEL_2008}/FilterSetRef/@ID", f"{CHANNEL}/FilterSetRef/@ID"),
        (r"OME/Image/MicrobeamManipulation/LightSourceRef/(@\w+)", rf"{_BEAM}/LightSourceSettings/\1"),
        ("OME/Image/MicrobeamManipulation/(.+)", rf"{_BEAM}/\1"),
        ("OME/Experiment/MicrobeamManipulationRef/@ID", f"OME/Image/MicrobeamManipulationRef/@ID|{_BEAM}/@ID"),
        (r"OME/Experimenter/(\w+)", r"OME/Experimenter/@\1"),
        ("OME/Plate/@Description", "OME/Plate/Description"),
        ("OME/Screen/Reagent/@Description", "OME/Screen/Reagent/Description"),
        (r"OME/(?:\w+/)?CustomAttributes/(.+)", rf"{_ANNOTATIONS}/XMLAnnotation/Value/\1"),
        (f"{_ANNOTATIONS}/XmlAnnotation/(.+)", rf"{_ANNOTATIONS}/XMLAnnotation/\1"),
    ),
    "2003-FC-to-2008-09": (
        ("OME/Instrument/LightSource/Laser/@Medium", "OME/Instrument/Laser/@LaserMedium"),
        ("OME/Instrument/LightSource/Laser/@Tunable", "OME/Instrument/Laser/@Tuneable"),
        ("OME/Instrument/Objective/Magnification", "OME/Instrument/Objective/@NominalMagnification"),
        (r"OME/Instrument/Filter/(?:Ex|Em)Filter/(@\w+)", r"OME/Instrument/Filter/\1"),
        (r"OME/Instrument/Filter/(Dichroic|FilterSet)/(@\w+)", r"OME/Instrument/\1/\2"),
        ("OME/Image/@PixelSize([XYZ])", r"OME/Image/Pixels/@PhysicalSize\1"),
        ("OME/Plate/@ExternRef", "OME/Plate/@ExternalIdentifier"),
    ),
}
"""By transform: old and new place of values, as regular expressions. New places are those of release 2016-06, whatever
later transforms made of them."""

MOVES = tuple(Move(old, new) for moved in _MOVED.values() for old, new in moved)
"""Values that have another name or place in release 2016-06."""

INVERTED = {
    "OME/Dataset/ProjectRef": "OME/Project/DatasetRef",
    "OME/Image/DatasetRef": "OME/Dataset/ImageRef",
    "OME/Plate/ScreenRef": "OME/Screen/PlateRef",
    "OME/Experimenter/GroupRef": "OME/ExperimenterGroup/ExperimenterRef",
}
"""References of a part to what holds it, which became references of the holder to its parts (2011-06-to-2012-06:
"Insert DatasetRef elements", "Insert reverses ScreenRef elements")."""

LAYOUT = re.compile(
    r"OME/(?:Image|BinaryOnly)(?:/Pixels/(?:TiffData|BinData|MetadataOnly).*|/Pixels/@BigEndian|/@MetadataFile|/@UUID)?"
    r"|OME/.*@schemaLocation"
)
"""How pixels lie in the source file, which nobody can ask of the published one (`ome_xml_publish`: "there is no
TiffData and no BinData"), and the address of a schema."""

PRIVATE = re.compile(
    r"OME/Experimenter/@?(?:FirstName|MiddleName|LastName|DisplayName|Email|UserName|OMEName)"
    r"|OME/(?:Experimenter)?Group/(?:@Name|Description)"
    r"|OME/.+/BinaryFile/BinData(?:/@Length)?"
    r"|OME/StructuredAnnotations/XMLAnnotation/Value/.*/(?:origin_hostname|original_user)"
)
"""What does not leave by default, wherever a person or a machine is named (`redaction.PERSONAL`): names, e-mail
addresses, groups, contents of attached files."""

PRIVATE_KEY = re.compile(r"(?i).*\b(?:user ?name|recording user|first name|last name|e-?mail)")
"""Keys of pairs that go with their values."""

PRIVATE_TEXT = re.compile(r"[\w.+-]+@[\w-]+\.\w|(?:^|[\s\"'(])(?:/|[A-Za-z]:[\\/]|\\\\)[\w.-]+[\\/]")
"""Text that is masked in part: e-mail addresses and absolute paths."""

GIVEN_ANEW = re.compile(r"OME/(?:Experimenter|ExperimenterGroup|Group)/@ID")
"""IDs that may be names of people (`ome_xml_redact.people`: "persons stay as numbered IDs"); references follow."""


def is_private(path: str, value: str, source: bytes) -> bool:
    """Whether a rule says that ``value`` at ``path`` of the document ``source`` does not leave."""
    if PRIVATE.fullmatch(path) or PRIVATE_TEXT.search(value) or PRIVATE_KEY.fullmatch(value):
        return True
    key = rb"<(?:\w+:)?Key>([^<]*)</(?:\w+:)?Key>\s*<(?:\w+:)?Value>" + re.escape(value.encode())
    return path.endswith("/Value") and any(PRIVATE_KEY.fullmatch(found.decode()) for found in re.findall(key, source))
