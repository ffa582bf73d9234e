"""Places of electrodes in the grid that a network sees."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from .errors import NotFoundError

#: Label and place (row, column) of the 64 EEGMMIDB electrodes in the 10×11 grid.
_ROWS: list[tuple[int, int, str]] = [
    (0, 4, "FP1 FPZ FP2"),
    (1, 3, "AF7 AF3 AFZ AF4 AF8"),
    (2, 1, "F7 F5 F3 F1 FZ F2 F4 F6 F8"),
    (3, 1, "FT7 FC5 FC3 FC1 FCZ FC2 FC4 FC6 FT8"),
    (4, 0, "T9 T7 C5 C3 C1 CZ C2 C4 C6 T8 T10"),
    (5, 1, "TP7 CP5 CP3 CP1 CPZ CP2 CP4 CP6 TP8"),
    (6, 1, "P7 P5 P3 P1 PZ P2 P4 P6 P8"),
    (7, 3, "PO7 PO3 POZ PO4 PO8"),
    (8, 4, "O1 OZ O2"),
    (9, 5, "IZ"),
]
MONTAGE: dict[str, tuple[int, int]] = {
    label: (row, first + i) for row, first, labels in _ROWS for i, label in enumerate(labels.split())
}
#: Electrodes of other caps beside these, and names that were given to some before.
FURTHER: dict[str, tuple[int, int]] = {
    "F9": (2, 0),
    "F10": (2, 10),
    "FT9": (3, 0),
    "FT10": (3, 10),
    "TP9": (5, 0),
    "TP10": (5, 10),
    "P9": (6, 0),
    "P10": (6, 10),
    "T3": MONTAGE["T7"],
    "T4": MONTAGE["T8"],
    "T5": MONTAGE["P7"],
    "T6": MONTAGE["P8"],
}


#: Place (row, column) of each label.
Montage = Mapping[str, tuple[int, int]]


def plain_label(label: str) -> str:
    """Labels are compared without case, dots and blanks."""
    return label.replace(".", "").replace(" ", "").upper()


def places(names: Sequence[str], montage: Montage | None = None) -> list[tuple[int, int]]:
    """Place (row, column) of each channel: of `montage`, or of `MONTAGE` and `FURTHER`.

    Labels are compared without case, dots and blanks. Raises NotFoundError naming channels without one.
    """
    known = {plain_label(label): place for label, place in (montage or {**FURTHER, **MONTAGE}).items()}
    unknown = [name for name in names if plain_label(name) not in known]
    if unknown:
        raise NotFoundError(
            f"no place in the grid for the channels {', '.join(unknown)}: pick others, or give "
            "montage={label: (row, column), …}"
        )
    return [known[plain_label(name)] for name in names]
