"""Every code sample of a Markdown file is compiled and run.

samples.py FILE BUILD_DIR SOURCE_ROOT LIBRARY [LANGUAGE_THAT_IS_LEFT_OUT …]

The samples of a file run in its order, in a folder with small synthetic recordings. The programs in `sh`
samples get a few options more, so that they end soon. Samples marked `shell` install software or need what is not
there: their syntax is checked. Exits with 77, "skipped", if something that the samples need is missing.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

QUICK_TRAINING = "--evaluations_per_epoch 1"
QUICK_NETWORK = "--conv1_channels 4 --conv2_channels 4 --conv3_channels 8 --hidden 8"
# Options that end the programs of `sh` samples soon.
QUICK = {
    "pretrain": f"--pretrain_epochs 1 {QUICK_NETWORK} {QUICK_TRAINING}",
    "train-on-device": f"--pretrain_epochs 1 {QUICK_NETWORK} {QUICK_TRAINING}",
    "retune": f"--retuning_epochs 1 {QUICK_TRAINING}",
    "sstl": "--finetune_epochs 1",
}
WARNINGS = "-Wall -Wextra -Wpedantic -Wconversion -Wshadow -Werror".split()


class Samples:
    """The samples of a file and the folder that they run in."""

    def __init__(self, build: Path, source: Path, library: Path, folder: Path) -> None:
        self.build, self.source, self.library, self.folder = build, source, library, folder
        self.python: list[str] = []
        self.program = ""
        tools = folder / "tools"
        tools.mkdir()
        quick = {**QUICK, "sweep": f"--programs {tools}"}
        for program in (build / "programs").glob("snnfe-*"):
            if program.is_file():
                name = program.name.removeprefix("snnfe-")
                script = tools / program.name
                script.write_text(f'#!/bin/sh\nexec "{program}" "$@" {quick.get(name, "")}\n')
                script.chmod(0o755)
        (tools / "python").write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
        (tools / "python").chmod(0o755)
        self.environment = {
            **os.environ,
            "PATH": f"{tools}:{os.environ['PATH']}",
            "SNNFE_LIBRARY": str(library),
            "LD_LIBRARY_PATH": str(library.parent),
            "PYTHONPATH": str(source / "bindings" / "python"),
            "SNNFE_PROGRAMS": str(tools),
            "PYTHONDONTWRITEBYTECODE": "1",
            "MPLBACKEND": "Agg",
            "OPENBLAS_NUM_THREADS": "1",  # as those of the package, tests/python/run.sh
            "OMP_NUM_THREADS": "1",
        }

    def run(self, *command: object, cwd: Path | None = None) -> str:
        done = subprocess.run(
            [str(part) for part in command],
            cwd=cwd or self.folder,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        print(done.stdout, end="", flush=True)
        if done.returncode:
            raise SystemExit(f"exit code {done.returncode}: {' '.join(map(str, command))}")
        return done.stdout

    def compiled(self, compiler: str, standard: str, suffix: str, text: str) -> None:
        source, program = self.folder / f"sample{suffix}", self.folder / "sample"
        source.write_text(text)
        self.run(
            compiler,
            f"-std={standard}",
            *WARNINGS,
            f"-I{self.source / 'include'}",
            source,
            f"-L{self.library.parent}",
            f"-Wl,-rpath,{self.library.parent}",
            "-lsnnfe",
            "-o",
            program,
        )
        self.run(program)

    def built(self, file: str, text: str, setup: list[object]) -> None:
        """Build program.c by a build system's file, and run it."""
        folder = self.folder / file.replace(".", "_")
        folder.mkdir()
        if file != "meson.build":
            self.installed()
        (folder / file).write_text(text)
        (folder / "program.c").write_text(first_sample(self.source / "docs" / "first-model.md", "c"))
        if file == "meson.build":  # the subproject, not what is installed
            self.environment.pop("PKG_CONFIG_PATH", None)
            (folder / "subprojects").mkdir()
            (folder / "subprojects" / "snnfe").symlink_to(self.source)
        self.run(*setup, cwd=folder)
        self.run(folder / "build" / "program")

    def installed(self) -> None:
        """Install the library into a root of its own, where pkg-config finds it."""
        root = self.folder / "root"
        if not root.exists():
            self.run("meson", "install", "-C", self.build, "--no-rebuild", "--quiet", "--destdir", root)
            found = next(root.rglob("snnfe.pc"))
            found.write_text(re.sub("^prefix=", f"prefix={root}", found.read_text(), flags=re.M))
            self.environment["PKG_CONFIG_PATH"] = str(found.parent)
            self.environment["snnfe_DIR"] = str(found.parents[1] / "cmake" / "snnfe")

    def sample(self, language: str, text: str) -> None:
        print(f"--- {language}", flush=True)
        match language:
            case "c":
                self.compiled("cc", "c11", ".c", text)
            case "cpp":
                self.compiled("c++", "c++17", ".cpp", text)
            case "python":  # one script, so that samples build on each other
                self.python.append(text)
                script = self.folder / "sample.py"
                script.write_text("\n".join(self.python))
                self.run(sys.executable, script)
            case "sh":
                self.run("sh", "-euc", text)
            case "shell":
                self.run("sh", "-nc", text)
            case "cmake":
                self.built(
                    "CMakeLists.txt", text, ["sh", "-ec", "cmake -S . -B build && cmake --build build"]
                )
            case "meson":
                self.built("meson.build", text, ["sh", "-ec", "meson setup build && ninja -C build program"])
            case _:
                raise SystemExit(f"no way to run a sample in {language!r}")


def code_samples(path: Path) -> list[tuple[str, str]]:
    """Language and text of the fenced samples."""
    return re.findall(r"^```(\w+)\n(.*?)^```$", path.read_text(encoding="utf-8"), flags=re.M | re.S)


def merged(samples: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Neighboring Python samples as one, to run them once."""
    result: list[tuple[str, str]] = []
    for language, text in samples:
        if result and result[-1][0] == language == "python":
            result[-1] = (language, result[-1][1] + "\n" + text)
        else:
            result.append((language, text))
    return result


def first_sample(path: Path, wanted: str) -> str:
    return next(text for language, text in code_samples(path) if language == wanted)


def missing(languages: set[str]) -> list[str]:
    """What the samples need and is not there."""
    tools = {"c": "cc", "cpp": "c++", "cmake": "cmake", "meson": "meson"}
    found = [tools[name] for name in languages & set(tools) if not shutil.which(tools[name])]
    if languages & {"python", "sh"}:
        import importlib.util

        names = ("numpy", "matplotlib", "sklearn", "mne", "pandas", "tqdm")
        found += [name for name in names if importlib.util.find_spec(name) is None]
    return found


def short_sweeps(source: Path, target: Path) -> None:
    """The sweeps of examples/sweeps with two values of each option."""
    target.mkdir(parents=True)
    for path in source.glob("*.json"):
        sweep = json.loads(path.read_text())
        sweep["grid"] = {name: values[:2] for name, values in sweep["grid"].items()}
        (target / path.name).write_text(json.dumps(sweep))


#: Three seconds of 64 channels as text.
AMPLIFIER = """#!/bin/sh
awk 'BEGIN { for (t = 0; t < 480; t++) { for (c = 0; c < 64; c++) printf "%g ", 80 * (rand() - 0.5); print "" } }'
"""


def prepare_live(runner: Samples) -> None:
    """A network, recordings of the first subject by themselves, the script around re-tuning, and an amplifier."""
    folder = runner.folder
    others = ["others", "--subjects", 2, "--runs", "4,8,12", "--trials_per_run", 4, "--seed", 9]  # other trials
    runner.run("snnfe-synth", *others)
    runner.run("snnfe-pretrain", "others", "--out", "first", "--fold", 1)
    shutil.copy(folder / "first" / "model_fold1.safetensors", folder / "model.safetensors")
    for path in (folder / "eegmmidb" / "S001").glob("*.edf"):
        shutil.copy(path, folder)
    (folder / "examples").mkdir()
    shutil.copy(runner.source / "examples" / "causal.sh", folder / "examples")
    amplifier = folder / "tools" / "amplifier"
    amplifier.write_text(AMPLIFIER)
    amplifier.chmod(0o755)


def prepare(runner: Samples, document: Path) -> None:
    """Make the files that a document's samples take as given."""
    text = document.read_text(encoding="utf-8")
    folder, source = runner.folder, runner.source
    if "eegmmidb" in text or "data.safetensors" in text:
        runner.run(
            runner.build / "programs" / "snnfe-synth",
            folder / "eegmmidb",
            "--subjects",
            5,
            "--runs",
            "4,8,12",
            "--trials_per_run",
            4,
        )
    if "examples/sweeps/" in text:
        short_sweeps(source / "examples" / "sweeps", folder / "examples" / "sweeps")
    if "model_fold1.pth" in text:
        runner.run(
            sys.executable, "-c", "import snnfe.checkpoints as c; c.save_pth(c.Network(), 'model_fold1.pth')"
        )
    if document.name == "live.md":
        prepare_live(runner)
    if document.name == "stages.md":  # what README's sample and a measurement leave
        runner.run("sh", "-euc", first_sample(source / "README.md", "sh"))
        script = first_sample(source / "docs" / "own-device.md", "python")
        runner.run(sys.executable, "-c", script)
        shutil.rmtree(folder / "thr")


def main() -> int:
    """Run the samples of a file; the exit code."""
    document, build, source, library = (Path(argument).resolve() for argument in sys.argv[1:5])
    samples = merged([s for s in code_samples(document) if s[0] not in sys.argv[5:]])
    if not samples:
        raise SystemExit(f"{document.name} has no samples")
    if lacking := missing({language for language, _ in samples}):
        print(f"skipped: {', '.join(lacking)} is missing")
        return 77
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        runner = Samples(build, source, library, folder)
        prepare(runner, document)
        for language, text in samples:
            runner.sample(language, text)
    print(f"{len(samples)} samples of {document.name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
