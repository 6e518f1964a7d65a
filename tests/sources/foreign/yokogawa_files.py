"""A writer of small Yokogawa plates: a .wpi file, the list of pictures, and a TIFF file for each."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import tifffile
from numpy.typing import NDArray

_BTS = 'xmlns:bts="http://www.yokogawa.co.jp/BTS/BTSSchema/1.0"'


def write_plate(
    folder: Path, wells: dict[tuple[int, int], Sequence[NDArray[Any]]], *, skip: Sequence[str] = (), errors: int = 0
) -> Path:
    """``wells`` by row and column from 1: fields (T, C, Z, Y, X). Files named in ``skip`` are listed, but not there."""
    folder.mkdir(parents=True, exist_ok=True)
    records = []
    for (row, column), fields in wells.items():
        for number, pixels in enumerate(fields, 1):
            size_t, size_c, size_z = pixels.shape[:3]
            for t in range(size_t):
                for c in range(size_c):
                    for z in range(size_z):
                        name = (
                            f"p_{chr(64 + row)}{column:02d}_T{t + 1:04d}F{number:03d}L01A01Z{z + 1:02d}C{c + 1:02d}.tif"
                        )
                        if name not in skip:
                            tifffile.imwrite(folder / name, pixels[t, c, z], metadata=None)
                        records.append(_record("IMG", row, column, t + 1, number, z + 1, c + 1, name))
    records += [_record("ERR", 1, 1, 1, 1, 1, 1, "")] * errors
    (folder / "MeasurementData.mlf").write_text(f"<bts:MeasurementData {_BTS}>{''.join(records)}</bts:MeasurementData>")
    (folder / "MeasurementDetail.mrf").write_text(
        f'<bts:MeasurementDetail {_BTS} bts:BeginTime="2024-01-02T03:04:05.6+01:00" bts:OperatorName="somebody" '
        'bts:MeasurementSettingFileName="a.mes" bts:TargetSystem="CV8000"><bts:MeasurementChannel bts:Ch="1" '
        'bts:HorizontalPixelDimension="0.65" bts:InputBitDepth="16"/></bts:MeasurementDetail>'
    )
    (folder / "a.mes").write_text(
        f'<bts:MeasurementSetting {_BTS}><bts:LightSourceList><bts:LightSource bts:Name="blue" bts:WaveLength="405"/>'
        '</bts:LightSourceList><bts:ChannelList><bts:Channel bts:Ch="1" bts:Objective="10x" bts:Magnification="10" '
        'bts:Acquisition="BP445/45" bts:Color="#FF002FFF" bts:ExposureTime="100"><bts:LightSourceName>blue'
        "</bts:LightSourceName></bts:Channel></bts:ChannelList></bts:MeasurementSetting>"
    )
    plate = folder / "plate.wpi"
    plate.write_text(f'<bts:WellPlate {_BTS} bts:Name="plate 7" bts:Rows="2" bts:Columns="3"/>')
    return plate


def _record(kind: str, row: int, column: int, t: int, field: int, z: int, c: int, name: str) -> str:
    return (
        f'<bts:MeasurementRecord bts:Type="{kind}" bts:Time="2024-01-02T03:04:{t:02d}.0+01:00" bts:Column="{column}" '
        f'bts:Row="{row}" bts:TimePoint="{t}" bts:FieldIndex="{field}" bts:ZIndex="{z}" bts:TimelineIndex="1" '
        f'bts:ActionIndex="1" bts:X="{100.5 * field}" bts:Y="-2.0" bts:Z="{2.5 * z}" bts:Ch="{c}">{name}'
        "</bts:MeasurementRecord>"
    )
