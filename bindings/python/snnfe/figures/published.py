"""The published tables, known by their content whatever their files are called."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

#: What a table shows: the figure it belongs to and the values of the options that it was made with.
Role = tuple[str, ...]

#: Names that the published programs give their tables -> role; groups are values of options.
_NAMES: list[tuple[str, str]] = [
    (r"plot_baseline", "baseline"),
    (r"plot_sweep_(thr|thr_asym|rsd_c2c|q)_([\d.]+)", "sweep"),
    (r"plot_updates_thr_([\d.]+)", "updates"),
    (r"plot_updates_acc_thr_([\d.]+)", "updates_accuracy"),
    (r"plot_updates_finetuning", "updates_retuning"),
    (r"plot_finetune_only_x_([\d.]+)_epochs_10", "retuning"),
    (r"plot_finetune_pre_x_([\d.]+)", "source"),
    (r"plot_finetune_ft_x_([\d.]+)", "retuning_4"),
    (r"plot_finetune_quant_x_([\d.]+)", "transferred"),
    (r"plot_acc_vs_q_with_noise_x_([\d.]+)", "q_curve"),
]

#: Digest of a published table's values -> its roles (`digest` makes them). The run with the default
#: options is in each sweep, and so is its table.
_DEFAULTS: tuple[Role, ...] = (
    ("sweep", "thr", "0.025"),
    ("sweep", "thr_asym", "1"),
    ("sweep", "rsd_c2c", "0"),
    ("sweep", "q", "0"),
)
_SIGNATURES: dict[str, tuple[Role, ...]] = {
    "1a04da2a3d34": (("q_x", "noise"),),
    "17aa72d22c61": (("q_x", "0"),),
    "3ee5055fac2b": (("weight_ranges",),),
    "cad0bd932a7a": (("q_curve", "0"),),
    "ae3d950bd431": (("q_curve", "10"),),
    "b786f59200ce": (("q_curve", "2"),),
    "93985503f23c": (("q_curve", "20"),),
    "ff5335358e48": (("q_curve", "4"),),
    "8ea87e2b001e": (("baseline",),),
    "75ceb2cc28fe": (("retuning_4", "2"),),
    "ef2199873ba6": (("retuning_4", "4"),),
    "c644fe07c4cf": (("retuning", "2"),),
    "a288560da552": (("retuning", "4"),),
    "bf0988836270": (("source", "2"), ("source", "4"),),
    "9a1323a8d8f5": (("transferred", "2"),),
    "9b23fc9164ff": (("transferred", "4"),),
    "d89dfdafce08": (("histogram",),),
    "45bf29565498": _DEFAULTS,
    "3dc448468032": (("sweep", "q", "2"),),
    "137ffcaac99f": (("sweep", "q", "4"),),
    "77d75dd8d372": (("sweep", "rsd_c2c", "0.05"),),
    "3693b483ee64": (("sweep", "thr", "0.05"),),
    "cfa862adf295": (("sweep", "thr", "0.075"),),
    "c8fe02d33c61": (("sweep", "thr_asym", "0.5"),),
    "c0523ae25713": (("sweep", "thr_asym", "2"),),
    "ea67cf032663": (("updates_accuracy", "0.025"),),
    "2198aa6923df": (("updates_accuracy", "0.05"),),
    "6c337b32afc0": (("updates_accuracy", "0.075"),),
    "603b4f98411f": (("updates_retuning",),),
    "a4be7f7443c0": (("updates", "0.025"),),
    "830fccc49249": (("updates", "0.05"),),
    "26b75a3938b7": (("updates", "0.075"),),
    "61cf2ae182d8": (("sstl_subjects",),),
    "46cae452761a": (("subject_folds",),),
}

#: Published accuracies on unseen (test) subjects in per cent, which no published table has: mean and
#: population standard deviation over five folds (NaN: not known) after an epoch. From the published logs.
TEST_ACCURACY: dict[Role, dict[int, tuple[float, float]]] = {
    ("baseline",): {20: (80.39, 2.98)},
    **{role: {20: (79.52, 3.15)} for role in _DEFAULTS},
    ("sweep", "thr", "0.05"): {20: (79.13, 2.10)},
    ("sweep", "thr", "0.075"): {20: (78.91, 2.00)},
    ("sweep", "thr_asym", "0.5"): {20: (79.92, 2.50)},
    ("sweep", "thr_asym", "2"): {20: (78.91, 2.76)},
    ("sweep", "q", "4"): {20: (77.34, 3.80)},
    ("sweep", "q", "2"): {20: (51.31, 1.40)},
    ("sweep", "rsd_c2c", "0.05"): {20: (79.60, np.nan)},
    ("sweep", "rsd_c2c", "0.1"): {20: (79.94, np.nan)},
    ("sweep", "rsd_c2c", "0.2"): {20: (79.82, np.nan)},
    ("sweep", "rsd_c2c", "0.5"): {20: (79.93, np.nan)},
    ("retuning", "4"): {0: (76.68, np.nan), 4: (79.08, 2.16), 10: (80.46, 2.63)},
    ("retuning", "2"): {0: (71.33, np.nan), 4: (78.84, 2.39), 10: (79.50, 2.91)},
}


def short(value: str) -> str:
    """A number as people write it: "0.0" is "0"."""
    try:
        return f"{float(value):g}"
    except ValueError:
        return value


def digest(columns: Mapping[str, NDArray[Any]]) -> str:
    """A short hash of a table's values, for any order of rows and columns and any way to write numbers.

    Deviations are left out: they have digits without end, which may be rounded twice.
    """
    names = sorted(name for name in columns if not name.startswith("std"))
    texts = [
        [f"{round(value, 9) + 0.0:.8g}" for value in columns[name].tolist()]
        if columns[name].dtype.kind == "f"
        else [str(value) for value in columns[name].tolist()]
        for name in names
    ]
    rows = sorted(",".join(row) for row in zip(*texts))
    return hashlib.sha256("\n".join([",".join(names), *rows]).encode()).hexdigest()[:12]


def roles(columns: Mapping[str, NDArray[Any]]) -> tuple[Role, ...]:
    """What a table shows, if it is one of the published tables; otherwise nothing."""
    return _SIGNATURES.get(digest(columns), ())


def named_role(stem: str) -> Role | None:
    """What a table of the published programs shows by the name they gave it."""
    for pattern, name in _NAMES:
        match = re.fullmatch(pattern, stem)
        if match:
            return (name, *map(short, match.groups()))
    return None


def log_options(stem: str) -> dict[str, str]:
    """Options in the name of a published program's log: "…_thr_0p025_thrasym_1p0_…_q_0_…"."""
    names = {"thr": "thr", "thrasym": "thr_asym", "rsdc2c": "rsd_c2c", "q": "q"}
    found = re.findall(r"(?<![a-z])(thr|thrasym|rsdc2c|q)_(\d+(?:[p.]\d+)?)(?=_|$)", stem)
    return {names[name]: short(value.replace("p", ".")) for name, value in found}
