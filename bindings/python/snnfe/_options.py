"""Option structs filled from keyword arguments; what is not given has the library's default."""

from __future__ import annotations

import ctypes
import os
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from . import _arrays
from ._declarations import CONSTANTS, POINTEES, STRUCTS
from ._handle import Handle, Owner, copied
from ._library import call
from .errors import ArgumentError

# Fields whose values have names: the constants' common beginning.
CHOICES = {
    "label_set": "SNNFE_LABELS_",
    "normalization": "SNNFE_NORMALIZE_",
    "missing": "SNNFE_MISSING_",
    "response": "SNNFE_RESPONSE_",
    "schedule": "SNNFE_SCHEDULE_",
    "stage": "SNNFE_STAGE_",
    "layer": "SNNFE_LAYER_",
    "kind": "SNNFE_PARAMETER_",
    "filter_kind": "SNNFE_FILTER_",
    "ocular": "SNNFE_OCULAR_",
    "alignment": "SNNFE_ALIGNMENT_",
    "other_events": "SNNFE_OTHERS_",
    "electrodes": "SNNFE_ELECTRODES_",
    "windows": "SNNFE_WINDOWS_",
    "repair": "SNNFE_REPAIR_",
    "distribution": "SNNFE_SPREAD_",
    "c2c_distribution": "SNNFE_SPREAD_",
    "retention": "SNNFE_RETENTION_",
    "layout": "SNNFE_LAYOUT_",
    "quality": "SNNFE_QUALITY_",
    "bad_channels": "SNNFE_BAD_CHANNELS_",
    "absent_electrodes": "SNNFE_ABSENT_",
    "places": "SNNFE_PLACES_",
    "format": "SNNFE_FORMAT_",
    "method": "SNNFE_PROGRAMMING_",
    "policy": "SNNFE_POLICY_",
}
# Arrays whose length is in a field of another name than "n_" + the array's.
_COUNTS = {
    "channel_names": "n_channels",
    "channel_rows": "n_channels",
    "channel_columns": "n_channels",
    "class_names": "n_classes",
    "reference_names": "n_references",
    "event_names": "n_event_names",
    "event_labels": "n_event_names",
    "band_low_hz": "n_bands",
    "band_high_hz": "n_bands",
    "table_w": "n_table",
    "table_ltp": "n_table",
    "table_ltd": "n_table",
    "aging_pulses": "n_aging",
    "aging_factors": "n_aging",
}
# Set by this package, not by its users.
_OWN_FIELDS = {"struct_size", "reserved", "reserved2", "reserved3", "histories", "imprints", "log", "progress", "user_data", "function", "group", "decoder", "signal", "states", "second_pulses", "drawn_cells"}
# The description of a signal, and which of its fields options that have one take.
_SIGNAL = "snnfe_signal"
_SIGNAL_FIELDS = [
    "channel_rows",
    "channel_columns",
    "channel_mean_uv",
    "channel_std_uv",
    "sampling_rate_hz",
    "filter_low_hz",
    "filter_high_hz",
    "filter_order",
    "notch_hz",
    "notch_width_hz",
    "rereference",
    "channel_names",
    "class_names",
]
# Texts that are no paths.
_TEXTS = {"task", "event_column", "phase", "rereference"}
_DTYPES = {"int32_t": np.int32, "double": np.float64, "float": np.float32}


def choice(field: str, value: Any) -> int:
    """Number of a named value, such as "left_right" of `label_set`."""
    names = choices(field)
    if isinstance(value, str):
        if value not in names:
            raise ArgumentError(f"{field} must be one of {', '.join(names)}; not {value!r}")
        return names[value]
    return _arrays.whole(field, value, -(2**31), 2**31 - 1)


def choices(field: str) -> dict[str, int]:
    """Names and numbers of a field's values."""
    prefix = CHOICES[field]
    return {name.removeprefix(prefix).lower(): n for name, n in CONSTANTS.items() if name.startswith(prefix)}


def choice_name(field: str, value: int) -> str:
    """Name of a value, the inverse of `choice`."""
    return {n: name for name, n in choices(field).items()}.get(value, str(value))


class Options:
    """A C option struct together with the Python objects that it points to."""

    def __init__(self, struct: str) -> None:
        self.name = struct
        self.struct: Any = STRUCTS[struct]()
        self.kept: list[object] = []
        #: what `signal` of the struct points to, whose fields count as the options' own
        self.signal: Any = None
        call(f"{struct}_init", ctypes.byref(self.struct), ctypes.sizeof(self.struct))
        if POINTEES[struct].get("signal") == _SIGNAL:
            self.take_signal(self.struct.signal)

    def take_signal(self, address: int) -> None:
        """Let the signal be a copy of the one at an address."""
        self.signal = STRUCTS[_SIGNAL].from_buffer_copy(STRUCTS[_SIGNAL].from_address(address))
        self.signal.struct_size = ctypes.sizeof(self.signal)
        self.struct.signal = ctypes.addressof(self.signal)

    @property
    def reference(self) -> Any:
        """The struct as an argument."""
        return ctypes.byref(self.struct)

    def raise_failure(self) -> None:
        """Raise what a function of an object in the options raised during a call."""
        for kept in self.kept:
            if isinstance(kept, Handle):
                kept.raise_failure()

    def fields(self) -> list[str]:
        """Names that `set` takes."""
        counts = {_COUNTS.get(name, f"n_{name}") for name in POINTEES[self.name]}
        own = [f for f, *_ in self.struct._fields_ if f not in _OWN_FIELDS and f not in counts]
        return own + (_SIGNAL_FIELDS if self.signal is not None else [])

    def _holder(self, field: str) -> Any:
        """The struct that a field is in."""
        return self.signal if self.signal is not None and field in _SIGNAL_FIELDS else self.struct

    def set(self, values: Mapping[str, Any]) -> Options:
        """Set fields by name; unknown names, types and ranges are refused."""
        known = self.fields()
        for name, value in values.items():
            field = name if name in known else name.replace("isation", "ization")  # British spelling
            if field not in known:
                raise TypeError(f"unknown option {name!r}; there are: {', '.join(known)}")
            if value is not None:
                self._set(field, value)
        return self

    def _set(self, field: str, value: Any) -> None:
        struct = self._holder(field)
        kind = dict((f, k) for f, k, *_ in struct._fields_)[field]
        if field in POINTEES[type(struct).__name__]:
            self._set_pointer(field, value)
        elif kind is ctypes.c_char_p:
            encoded = _arrays.name_bytes(field, value) if field in _TEXTS else _arrays.path_bytes(value, field)
            setattr(struct, field, encoded)
        elif issubclass(kind, ctypes.Array) and kind._type_ is ctypes.c_char:
            setattr(struct, field, text_bytes(field, value, kind._length_))
        elif issubclass(kind, ctypes.Array):
            self._set_numbers(field, kind, value)
        elif field in CHOICES:
            setattr(struct, field, choice(field, value))
        elif kind in (ctypes.c_float, ctypes.c_double):
            setattr(struct, field, _arrays.real(field, value))
        else:
            bits = 8 * ctypes.sizeof(kind)
            signed = kind is ctypes.c_int32
            limits = (-(2**31), 2**31 - 1) if signed else (0, 2**bits - 1)
            setattr(struct, field, _arrays.whole(field, value, *limits))

    def _set_numbers(self, field: str, kind: Any, value: Any) -> None:
        struct = self._holder(field)
        numbers = _arrays.doubles(field, value, (kind._length_,))
        getattr(struct, field)[:] = numbers.tolist()

    def _set_pointer(self, field: str, value: Any) -> None:
        struct = self._holder(field)
        pointee = POINTEES[type(struct).__name__][field]
        if isinstance(value, Owner):
            handle = value._open_handle()
            self.kept.append(handle)
            setattr(struct, field, handle.address)
            return
        if pointee.endswith("_options") and isinstance(value, Mapping):
            options = Options(pointee).set(value)
            self.kept.append(options)
            setattr(struct, field, ctypes.addressof(options.struct))
            return
        if pointee == "char*":
            array = text_array(field, value)
            self.kept.append(array)
            setattr(struct, field, ctypes.addressof(array))
            n = len(array)
        elif pointee == "snnfe_pulse_form":
            forms = pulse_forms(value, self.kept)
            self.kept.append(forms)
            setattr(struct, field, ctypes.addressof(forms))
            n = len(forms)
        elif pointee in _DTYPES:
            convert = _arrays.doubles if pointee == "double" else _arrays.integers
            numbers = convert(field, value)
            self.kept.append(numbers)
            setattr(struct, field, numbers.ctypes.data)
            n = len(numbers)
        else:
            wanted = "a mapping of options" if pointee.endswith("_options") else "a snnfe object"
            raise TypeError(f"{field} must be {wanted}, not {value!r}")
        self._set_count(field, n)

    def _set_count(self, field: str, n: int) -> None:
        struct = self._holder(field)
        count = _COUNTS.get(field, f"n_{field}")
        if not hasattr(struct, count):
            return
        partners = [f for f, c in _COUNTS.items() if c == count and f != field]
        given = [f for f in partners if f in POINTEES[type(struct).__name__] and getattr(struct, f)]
        if given and getattr(struct, count) != n:
            raise ArgumentError(f"{field} has {n} entries, but {given[0]} has {getattr(struct, count)}")
        setattr(struct, count, n)

    def check_statistics(self, n: int = 0) -> None:
        """The library takes as many means as channels (`n`, or those of the options), without a count of
        their own."""
        n = n or (self.struct if self.signal is None else self.signal).n_channels or 64
        struct = self.struct if self.signal is None else self.signal
        statistics = [getattr(struct, field) for field in ("channel_mean_uv", "channel_std_uv")]
        given = [kept for kept in self.kept if isinstance(kept, np.ndarray) and kept.ctypes.data in statistics]
        for numbers in given:
            if len(numbers) != n:
                raise ArgumentError(
                    f"channel_mean_uv and channel_std_uv must have {n} entries, one a channel, not {len(numbers)}"
                )

    def values(self) -> dict[str, Any]:
        """The scalar options as a dictionary, named values by their names."""
        values = scalars(self.struct) | ({} if self.signal is None else scalars(self.signal))
        return {field: value for field, value in values.items() if field in self.fields()}


def text_bytes(field: str, value: Any, size: int) -> bytes:
    """A text that a struct has `size` bytes for."""
    encoded = _arrays.name_bytes(field, value)
    if len(encoded) >= size:
        raise ArgumentError(f"{field} must have fewer than {size} bytes")
    return encoded


BETA_FORM = ("amplitude", "alpha", "beta")
FORM_TABLES = ("table_w", "table_ltp", "table_ltd")


def pulse_forms(given: Any, kept: list[Any]) -> Any:
    """A C array of pulses' forms from mappings with amplitude, alpha and beta or with tables, such as the options of
    devices; the tables are `kept`."""
    if not isinstance(given, Sequence) or isinstance(given, str | bytes):
        raise TypeError(f"forms must be a list of mappings, not {given!r}")
    forms = (STRUCTS["snnfe_pulse_form"] * len(given))()
    for form, values in zip(forms, given, strict=True):
        if not isinstance(values, Mapping) or (set(BETA_FORM) - set(values) and set(FORM_TABLES) - set(values)):
            raise TypeError(f"forms must have {', '.join(BETA_FORM)} or {', '.join(FORM_TABLES)} each, not {values!r}")
        for name in (*BETA_FORM, "energy_j"):
            if name in values:
                getattr(form, name)[:] = _arrays.doubles(name, values[name], (2,)).tolist()
        if FORM_TABLES[0] in values:
            tables = [_arrays.doubles(name, values[name]) for name in FORM_TABLES]
            if len({len(table) for table in tables}) > 1:
                raise ArgumentError(f"forms: tables have {', '.join(str(len(table)) for table in tables)} points")
            for name, table in zip(FORM_TABLES, tables, strict=True):
                setattr(form, name, table.ctypes.data)
            form.n_table = len(tables[0])
            kept.extend(tables)
    return forms


def plain_form(form: Any) -> dict[str, Any]:
    """A pulse's form as a mapping that `pulse_forms` takes."""
    values = plain(form)
    n = values.pop("n_table")
    addresses = [values.pop(name) for name in FORM_TABLES]
    if not n:
        return values
    tables = zip(FORM_TABLES, addresses, strict=True)
    return {"energy_j": values["energy_j"], **{name: copied(at, np.float64, n) for name, at in tables}}


def name_list(field: str, names: Any) -> list[str]:
    """A list of names, which a single one is not."""
    if isinstance(names, str):
        raise TypeError(f"{field} must be a list of names, not a text, {names!r}")
    listed = list(names) if isinstance(names, Iterable) else None
    if listed is None or not all(isinstance(name, str) for name in listed):
        raise TypeError(f"{field} must be a list of names, not {names!r}")
    return listed


def text_array(field: str, texts: Any) -> Any:
    """A C array of UTF-8 names."""
    listed = name_list(field, texts)
    return (ctypes.c_char_p * len(listed))(*(_arrays.name_bytes(field, text) for text in listed))


def path_array(field: str, paths: Any) -> Any:
    """A C array of paths."""
    if isinstance(paths, str | bytes | os.PathLike) or not isinstance(paths, Iterable):
        raise TypeError(f"{field} must be a list of paths, not {paths!r}")
    encoded = [_arrays.path_bytes(path, field) for path in paths]
    return (ctypes.c_char_p * len(encoded))(*encoded)


def plain(struct: Any) -> dict[str, Any]:
    """Fields of a struct as Python values: texts, tuples, names of values."""
    values: dict[str, Any] = {}
    for field, *_ in struct._fields_:
        value = getattr(struct, field)
        if field in ("struct_size", "reserved", "reserved2", "reserved3"):
            continue
        if isinstance(value, ctypes.Array):
            value = tuple(value)
        elif isinstance(value, bytes):
            value = value.decode("utf-8", "replace")
        elif field in CHOICES and isinstance(value, int):
            value = choice_name(field, value)
        values[field] = value
    return values


def scalars(struct: Any) -> dict[str, Any]:
    """The same without what points to arrays."""
    return {field: value for field, value in plain(struct).items() if field not in POINTEES[type(struct).__name__]}


def sized(struct: str) -> Any:
    """An output struct with its size set."""
    new = STRUCTS[struct]()
    new.struct_size = ctypes.sizeof(new)
    return new
