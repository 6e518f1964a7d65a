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
    """Values at ``old`` stand at ``new`` since the release that ``source`` leads to; both are regular expressions."""

    old: str
    new: str
    source: str

    def targets(self, path: str) -> re.Pattern[str] | None:
        """Where the value of ``path`` may stand now; None when the rule is not about it."""
        found = re.fullmatch(self.old, path)
        return re.compile(re.sub(r"\\(\d)", lambda group: found[int(group[1])] or "", self.new)) if found else None


MOVES = (
    # Regions
    Move(rf"OME/ROI/Union/Shape/({KIND})/(.+)", r"OME/ROI/Union/\1/\2", "2015-01-to-2016-06"),
    Move(r"OME/ROI/Union/Shape/(@\w+|AnnotationRef/@ID|Transform/@\w+)", rf"OME/ROI/Union/{KIND}/\1", "2015-01-to-2016-06"),
    Move(r"OME/ROI/Union/Shape/@Label", rf"OME/ROI/Union/{KIND}/@Text", "2011-06-to-2012-06"),
    Move(r"OME/ROI/Union/Shape/@(Fill|Stroke)", rf"OME/ROI/Union/{KIND}/@\1Color", "2011-06-to-2012-06"),
    Move(r"OME/ROI/Union/Shape/@Marker(Start|End)", r"OME/ROI/Union/(?:Line|Polyline)/@Marker\1", "2011-06-to-2012-06"),
    Move(r"OME/ROI/Union/Shape/Text/@([XY])", r"OME/ROI/Union/Label/@\1", "2011-06-to-2012-06"),
    Move(r"OME/ROI/Union/Shape/Text/Value", r"OME/ROI/Union/Label/@Text", "2011-06-to-2012-06"),
    Move(r"OME/ROI/Union/Shape/Polyline/@Points", r"OME/ROI/Union/Polygon/@Points", "2011-06-to-2012-06: closed ones"),
    Move(r"OME/ROI/Union/Shape/ShapeDisplayOptions/@(\w+)", rf"OME/ROI/Union/{KIND}/@\1", "2009-09-to-2010-04"),
    Move(r"OME/ROI/Union/Shape/ShapeDisplayOptions/@(Fill|Stroke)", rf"OME/ROI/Union/{KIND}/@\1Color", "2009-09-to-2010-04"),
    Move(r"OME/Image/(?:DisplayOptions/)?ROI/@ID", r"OME/ROI/@ID|OME/Image/ROIRef/@ID", "2008-09-to-2009-09"),
    Move(r"OME/Image/(?:DisplayOptions/)?ROI/Union/Shape/@ID", rf"OME/ROI/Union/{KIND}/@ID", "2008-09-to-2009-09"),
    Move(r"OME/Image/(?:DisplayOptions/)?ROI/Union/Shape/@the([TZ])", rf"OME/ROI/Union/{KIND}/@The\1", "2008-09-to-2009-09"),
    Move(r"OME/Image/(?:DisplayOptions/)?ROI/Union/Shape/(?:Circle|Ellipse)/@c([xy])", r"OME/ROI/Union/Ellipse/@(?i:\1)", "2008-09-to-2009-09"),
    Move(r"OME/Image/(?:DisplayOptions/)?ROI/Union/Shape/Ellipse/@r([xy])", r"OME/ROI/Union/Ellipse/@Radius(?i:\1)", "2008-09-to-2009-09"),
    Move(r"OME/Image/(?:DisplayOptions/)?ROI/Union/Shape/Circle/@r", r"OME/ROI/Union/Ellipse/@Radius[XY]", "2008-09-to-2009-09"),
    Move(r"OME/Image/(?:DisplayOptions/)?ROI/Union/Shape/Point/@c([xy])", r"OME/ROI/Union/Point/@(?i:\1)", "2008-09-to-2009-09"),
    Move(r"OME/Image/(?:DisplayOptions/)?ROI/Union/Shape/Line/@([xy][12])", r"OME/ROI/Union/Line/@(?i:\1)", "2008-09-to-2009-09"),
    Move(r"OME/Image/(?:DisplayOptions/)?ROI/Union/Shape/(?:Rect|Mask)/@(\w+)", r"OME/ROI/Union/(?:Rectangle|Mask)/@(?i:\1)", "2008-09-to-2009-09"),
    Move(r"OME/Image/(?:DisplayOptions/)?ROI/Union/Shape/(Polyline|Polygon)/@points", r"OME/ROI/Union/\1/@Points", "2008-09-to-2009-09"),
    Move(r"OME/Image/(?:DisplayOptions/)?ROI/Union/Shape/Mask/MaskPixels(?:/BinData)?(|/@\w+)", r"OME/ROI/Union/Mask/BinData\1", "2008-09-to-2009-09"),
    # Instruments
    Move(rf"OME/Instrument/LightSource/({LIGHT})(/.+)?", r"OME/Instrument/\1\2", "2015-01-to-2016-06"),
    Move(r"OME/Instrument/LightSource/(@\w+|AnnotationRef/@ID)", rf"OME/Instrument/{LIGHT}/\1", "2015-01-to-2016-06"),
    Move(r"OME/Instrument/LightSource/Laser/@Medium", r"OME/Instrument/Laser/@LaserMedium", "2003-FC-to-2008-09"),
    Move(r"OME/Instrument/LightSource/Laser/@Tunable", r"OME/Instrument/Laser/@Tuneable", "2003-FC-to-2008-09"),
    Move(r"OME/Instrument/FilterSet/@(Ex|Em)FilterRef", r"OME/Instrument/FilterSet/\1\w+FilterRef/@ID", "2008-09-to-2009-09"),
    Move(r"OME/Instrument/FilterSet/@DichroicRef", r"OME/Instrument/FilterSet/DichroicRef/@ID", "2008-09-to-2009-09"),
    Move(r"OME/Instrument/Objective/(\w+)", r"OME/Instrument/Objective/@\1", "2008-09-to-2009-09"),
    Move(r"OME/Instrument/Objective/Magnification", r"OME/Instrument/Objective/@NominalMagnification", "2003-FC-to-2008-09"),
    Move(r"OME/Instrument/Filter/(?:Ex|Em)Filter/(@\w+)", r"OME/Instrument/Filter/\1", "2003-FC-to-2008-09"),
    Move(r"OME/Instrument/Filter/(Dichroic|FilterSet)/(@\w+)", r"OME/Instrument/\1/\2", "2003-FC-to-2008-09"),
    # Images
    Move(r"OME/Image/(?:AcquiredDate|CreationDate)", "OME/Image/AcquisitionDate", "2011-06-to-2012-06, 2008-09-to-2009-09"),
    Move(r"OME/Image/Pixels/@PixelType", "OME/Image/Pixels/@Type", "2008-09-to-2009-09"),
    Move(r"OME/Image/@PixelSize([XYZ])", r"OME/Image/Pixels/@PhysicalSize\1", "2003-FC-to-2008-09"),
    Move(r"OME/Image/Pixels/Plane/(?:PlaneTiming|StagePosition)/(@\w+)", r"OME/Image/Pixels/Plane/\1", "2008-09-to-2009-09"),
    Move(r"OME/Image/ObjectiveRef/(@\w+)", r"OME/Image/ObjectiveSettings/\1", "2008-09-to-2009-09"),
    Move(r"OME/Image/Pixels/AnnotationRef/@ID", r"OME/Image/AnnotationRef/@ID", "2013-06-to-2015-01"),
    Move(r"OME/Image/(?:LogicalChannel|ChannelInfo)/(@\w+)", rf"{CHANNEL}/\1", "2008-09-to-2009-09"),
    Move(r"OME/Image/(?:LogicalChannel|ChannelInfo)/@(Ex|Em)Wave", rf"{CHANNEL}/@\1\w+Wavelength", "2008-09-to-2009-09"),
    Move(r"OME/Image/(?:LogicalChannel|ChannelInfo)/@N[dD][Ff]ilter", rf"{CHANNEL}/@NDFilter", "2008-09-to-2009-09"),
    Move(r"OME/Image/(?:LogicalChannel|ChannelInfo)/@Mode", rf"{CHANNEL}/@AcquisitionMode", "2008-09-to-2009-09"),
    Move(r"OME/Image/(?:LogicalChannel|Pixels/Channel)/@Secondary(Ex|Em)\w+Filter", rf"{CHANNEL}/LightPath/\1\w+FilterRef/@ID", "2009-09-to-2010-04"),
    Move(r"OME/Image/(?:LogicalChannel|ChannelInfo)/(Detector|LightSource)Ref/(@\w+)", rf"{CHANNEL}/\1Settings/\2", "2008-09-to-2009-09"),
    Move(r"OME/Image/(?:LogicalChannel|ChannelInfo)/FilterSetRef/@ID", rf"{CHANNEL}/FilterSetRef/@ID", "2008-09-to-2009-09"),
    # Experiments
    Move(r"OME/Image/MicrobeamManipulation/LightSourceRef/(@\w+)", r"OME/Experiment/MicrobeamManipulation/LightSourceSettings/\1", "2008-09-to-2009-09"),
    Move(r"OME/Image/MicrobeamManipulation/(.+)", r"OME/Experiment/MicrobeamManipulation/\1", "2008-09-to-2009-09"),
    Move(r"OME/Experiment/MicrobeamManipulationRef/@ID", r"OME/Image/MicrobeamManipulationRef/@ID|OME/Experiment/MicrobeamManipulation/@ID", "2008-09-to-2009-09"),
    # People
    Move(r"OME/Experimenter/(\w+)", r"OME/Experimenter/@\1", "2008-09-to-2009-09"),
    Move(r"OME/Experimenter/OMEName", r"OME/Experimenter/@UserName", "2011-06-to-2012-06"),
    Move(r"OME/Experimenter/@OMEName", r"OME/Experimenter/@UserName", "2011-06-to-2012-06"),
    Move(r"OME/Group/(@Name|Description)", r"OME/ExperimenterGroup/\1", "2011-06-to-2012-06"),
    Move(r"OME/Group/(?:Leader|Contact)/@ID", r"OME/ExperimenterGroup/(?:Leader|ExperimenterRef)/@ID", "2011-06-to-2012-06"),
    Move(r"OME/(\w+)/GroupRef/@ID", r"OME/\1/ExperimenterGroupRef/@ID", "2011-06-to-2012-06"),
    # Screens
    Move(r"OME/Plate/@ExternRef", r"OME/Plate/@ExternalIdentifier", "2003-FC-to-2008-09"),
    Move(r"OME/Plate/@Description", r"OME/Plate/Description", "2008-09-to-2009-09"),
    Move(r"OME/Plate/Well/@Status", r"OME/Plate/Well/@Type", "2011-06-to-2012-06"),
    Move(r"OME/Plate/Well/WellSample/@Pos([XY])", r"OME/Plate/Well/WellSample/@Position\1", "2009-09-to-2010-04"),
    Move(r"OME/Screen/Reagent/@Description", r"OME/Screen/Reagent/Description", "2008-09-to-2009-09"),
    Move(r"OME/Screen/ScreenAcquisition/(.+)", r"OME/Plate/PlateAcquisition/\1", "2009-09-to-2010-04"),
    # Annotations
    Move(r"OME/StructuredAnnotations/StringAnnotation/(.+)", r"OME/StructuredAnnotations/CommentAnnotation/\1", "2010-04-to-2010-06"),
    Move(r"OME/StructuredAnnotations/XmlAnnotation/(.+)", r"OME/StructuredAnnotations/XMLAnnotation/\1", "2008-09-to-2009-09"),
)  # fmt: skip
"""Values that have another name or place in release 2016-06."""

INVERTED = {
    "OME/Dataset/ProjectRef/@ID": ("OME/Project/DatasetRef/@ID", "OME/Project/@ID"),
    "OME/Image/DatasetRef/@ID": ("OME/Dataset/ImageRef/@ID", "OME/Dataset/@ID"),
    "OME/Plate/ScreenRef/@ID": ("OME/Screen/PlateRef/@ID", "OME/Screen/@ID"),
    "OME/Experimenter/GroupRef/@ID": ("OME/ExperimenterGroup/ExperimenterRef/@ID", "OME/ExperimenterGroup/@ID"),
}
"""References that were turned round (2011-06-to-2012-06: "the direction of the reference has been inverted").

The container stands under its ID, and the reference to the part in it."""

LAYOUT = re.compile(
    r"OME/(?:Image|BinaryOnly)(?:/Pixels/(?:TiffData|BinData|MetadataOnly).*|/Pixels/@BigEndian|/@MetadataFile|/@UUID)?"
    r"|OME/.*@schemaLocation"
)
"""How pixels lie in the source file, which nobody can ask of the published one (`ome_xml_publish`: "there is no
TiffData and no BinData"), and the address of a schema."""

GIVEN_ANEW = re.compile(r"OME/(?:Experimenter|ExperimenterGroup|Group)/@ID")
"""IDs that may be names of people (`ome_xml_redact.people`: "persons stay as numbered IDs"); references follow."""
