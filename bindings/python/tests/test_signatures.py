"""_signatures.py says what the headers say, and ctypes lays structs out as C does."""

from __future__ import annotations

import ast
import ctypes
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from headers import INCLUDE, declarations, headers
from snnfe import _declarations, options
from snnfe._options import Options


def test_every_declaration_is_the_headers() -> None:
    ours = set(_declarations.declarations())
    theirs = {line: header.name for header in headers() for line in declarations(header)}
    missing = "\n".join(f"  {theirs[line]}: {line}" for line in theirs if line not in ours)
    stale = "\n".join(f"  {line}" for line in sorted(ours - set(theirs)))
    assert not missing, f"run tests/headers.py, or add to _signatures.py:\n{missing}"
    assert not stale, f"_signatures.py has what the headers do not:\n{stale}"


def test_headers_are_read_completely() -> None:
    text = "".join(header.read_text(encoding="utf-8") for header in headers())
    exported = len(re.findall(r"^SNNFE_API ", text, flags=re.M))
    assert len(_declarations.FUNCTIONS) == exported - 1  # without snnfe_set_allocator


def test_structs_have_c_layout(tmp_path: Path) -> None:
    lines, expected = [], []
    for name, struct in _declarations.STRUCTS.items():
        lines.append(f'printf("%zu\\n", sizeof(struct {name}));')
        expected.append(ctypes.sizeof(struct))
        for field, *_ in struct._fields_:
            lines.append(f'printf("%zu\\n", offsetof(struct {name}, {field}));')
            expected.append(getattr(struct, field).offset)
    source = tmp_path / "layout.c"
    source.write_text(
        "#include <snnfe/snnfe.h>\n#include <stdio.h>\n#include <stddef.h>\n"
        f"int main(void) {{ {' '.join(lines)} return 0; }}\n"
    )
    compiler = shutil.which("cc")
    assert compiler, "this test needs a C compiler"
    program = tmp_path / "layout"
    subprocess.run([compiler, f"-I{INCLUDE.parent}", source, "-o", program], check=True)
    output = subprocess.run([program], check=True, capture_output=True, text=True).stdout
    assert [int(n) for n in output.split()] == expected


@pytest.mark.parametrize(
    ("struct", "typed"),
    [
        ("snnfe_dataset_options", options.DatasetOptions),
        ("snnfe_bids_options", options.BidsOptions),
        ("snnfe_recording_options", options.RecordingOptions),
        ("snnfe_synthetic_options", options.SyntheticOptions),
        ("snnfe_network_options", options.NetworkOptions),
        ("snnfe_run_options", options.RunOptions),
        ("snnfe_cells_options", options.CellsOptions),
        ("snnfe_device_options", options.DeviceOptions),
        ("snnfe_device_step_options", options.DeviceStepOptions),
        ("snnfe_trainer_options", options.TrainerOptions),
        ("snnfe_decoder_options", options.DecoderOptions),
        ("snnfe_learner_options", options.LearnerOptions),
        ("snnfe_report_options", options.ReportOptions),
        ("snnfe_alignment_options", options.AlignmentOptions),
        ("snnfe_control_options", options.ControlOptions),
    ],
)
def test_typed_options_are_the_structs_fields(struct: str, typed: type) -> None:
    assert set(typed.__annotations__) == set(Options(struct).fields())


def test_documented_defaults_are_the_librarys() -> None:
    package = Path(options.__file__).parent
    trees = [ast.parse(path.read_text(encoding="utf-8")) for path in sorted(package.glob("*.py"))]
    nouns = {
        "SyntheticOptions": "synthetic",
        "NetworkOptions": "network",
        "TrainerOptions": "trainer",
        "DatasetOptions": "dataset",
        "RecordingOptions": "recording",
        "CellsOptions": "cells",
        "DeviceStepOptions": "device_step",
        "DecoderOptions": "decoder",
        "LearnerOptions": "learner",
        "ReportOptions": "report",
        "AlignmentOptions": "alignment",
        "ControlOptions": "control",
    }
    checked = 0
    for node in (node for tree in trees for node in tree.body):
        if not isinstance(node, ast.ClassDef) or node.name not in nouns:
            continue
        values = options.defaults(nouns[node.name])
        for field, comment in zip(node.body[1::2], node.body[2::2]):
            assert isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name)
            text = comment.value.value  # type: ignore[attr-defined]
            told = re.search(r'; ("?[-\w.]+"?)\.$|; ([\d.e-]+); |(\S+) \(default\)', text)
            if not told or field.target.id not in values:
                continue
            words = next(word for word in told.groups() if word is not None).strip('"')
            value = values[field.target.id]
            if value is None or words == "negative":
                continue
            if isinstance(value, str):
                assert words == value or value == "", field.target.id
            else:
                assert float(words) == pytest.approx(value, rel=1e-6), field.target.id
            checked += 1
    assert checked > 40
