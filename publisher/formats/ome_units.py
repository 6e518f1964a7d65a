"""Units of OME-XML 2016-06, converted to the ones our model uses."""

# Symbols of the schema's UnitsLength and UnitsTime; "pixel" and "reference frame" are not lengths.
_METRES = {
    "Ym": 1e24,
    "Zm": 1e21,
    "Em": 1e18,
    "Pm": 1e15,
    "Tm": 1e12,
    "Gm": 1e9,
    "Mm": 1e6,
    "km": 1e3,
    "hm": 1e2,
    "dam": 1e1,
    "m": 1.0,
    "dm": 1e-1,
    "cm": 1e-2,
    "mm": 1e-3,
    "µm": 1e-6,
    "nm": 1e-9,
    "pm": 1e-12,
    "fm": 1e-15,
    "am": 1e-18,
    "zm": 1e-21,
    "ym": 1e-24,
    "Å": 1e-10,
    "thou": 2.54e-5,
    "li": 2.54e-2 / 12,
    "in": 2.54e-2,
    "ft": 0.3048,
    "yd": 0.9144,
    "mi": 1609.344,
    "ua": 149597870700.0,
    "ly": 9460730472580800.0,
    "pc": 3.0856775814913673e16,
    "pt": 2.54e-2 / 72,
}
_SECONDS = {
    "Ys": 1e24,
    "Zs": 1e21,
    "Es": 1e18,
    "Ps": 1e15,
    "Ts": 1e12,
    "Gs": 1e9,
    "Ms": 1e6,
    "ks": 1e3,
    "hs": 1e2,
    "das": 1e1,
    "s": 1.0,
    "ds": 1e-1,
    "cs": 1e-2,
    "ms": 1e-3,
    "µs": 1e-6,
    "ns": 1e-9,
    "ps": 1e-12,
    "fs": 1e-15,
    "as": 1e-18,
    "zs": 1e-21,
    "ys": 1e-24,
    "min": 60.0,
    "h": 3600.0,
    "d": 86400.0,
}


def _scaled(value: float, factor: float | None, target: float) -> float | None:
    if factor is None:
        return None
    # Twelve digits are more than any microscope knows; they hide the rounding of binary factors.
    return value if factor == target else float(f"{value * (factor / target):.12g}")


def micrometers(value: float, unit: str) -> float | None:
    """``value`` in µm; None when ``unit`` is no length (pixel, reference frame, unknown)."""
    return _scaled(value, _METRES.get(unit), 1e-6)


def nanometers(value: float, unit: str) -> float | None:
    """``value`` in nm; None when ``unit`` is no length."""
    return _scaled(value, _METRES.get(unit), 1e-9)


def seconds(value: float, unit: str) -> float | None:
    """``value`` in s; None when ``unit`` is no time."""
    return _scaled(value, _SECONDS.get(unit), 1.0)
