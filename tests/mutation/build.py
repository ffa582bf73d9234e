"""The tests' programs linked with one changed object, and which of them run which line."""

from __future__ import annotations

import hashlib
import json
import os
import resource
import shlex
import shutil
import signal
import subprocess
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from mutants import Mutant

MEMORY = 16 << 30
LINKER = "-Dc_link_args=-fuse-ld=gold" if shutil.which("ld.gold") else "-Dc_link_args="
MEMORY_FOLDER = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
# What C leaves undefined ends the program, as under the sanitizers: a mutant that only they see is killed by them.
TRAPS = ["-fsanitize=undefined", "-fsanitize-undefined-trap-on-error"]
SLOWEST = 10  # seconds of the processor's that a test may take


@dataclass
class Test:
    """A test of Meson's with a program over the library's objects."""

    name: str
    suites: list[str]
    command: list[str]
    environment: dict[str, str]
    program: str
    link: list[str]
    seconds: float = 0
    passes: bool = True  # without a change, and soon enough
    opaque: bool = False  # it fails when its lines are counted
    changed: set[str] = field(default_factory=set)  # files, since it was looked at
    lines: dict[str, set[int]] = field(default_factory=dict)
    functions: dict[str, list[tuple[int, int]]] = field(default_factory=dict)

    def runs(self, path: Path, line: int) -> bool:
        """Whether it may run a line (from 1), or the function around one that gcov does not list."""
        name = str(path)
        if self.opaque:
            return path.parent.name in self.suites
        if name in self.changed:
            return bool(self.lines.get(name)) or path.parent.name in self.suites
        return line in self.lines.get(name, set()) or any(
            first <= line <= last for first, last in self.functions.get(name, [])
        )


def limit(seconds: int) -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 5))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))


def processor_time() -> float:
    """Of all children that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def on_the_clock(seconds: int) -> int:
    """How long so many seconds of the processor's may take, as others use it, too."""
    return 60 + 20 * seconds


def run(command: list[str], folder: Path, seconds: int, environment: dict[str, str]) -> bool:
    """Whether it ends well, in so much time of the processor and not much more on the clock."""
    child = subprocess.Popen(
        command,
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**os.environ, **environment},
        start_new_session=True,
        preexec_fn=lambda: limit(seconds),
    )
    for how in [signal.SIGTERM, signal.SIGKILL]:
        try:
            return child.wait(on_the_clock(seconds) if how == signal.SIGTERM else 10) == 0
        except subprocess.TimeoutExpired:
            os.killpg(child.pid, how)
    child.wait()
    return False


class Build:
    """A build folder, the compiler's command for each file of the library, and the tests."""

    def __init__(self, root: Path, folder: Path, suites: list[str]) -> None:
        self.root, self.folder = root, folder
        self.work = folder / "mutants"
        self.work.mkdir(parents=True, exist_ok=True)
        # In memory: tests wait for their files to be on the disk.
        self.memory = tempfile.TemporaryDirectory(prefix="snnfe-mutants-", dir=MEMORY_FOLDER)
        self.temporary = Path(self.memory.name)
        self.temporary.chmod(0o755)  # some tests become another user
        if not (folder / "build.ninja").exists():
            self.must(["meson", "setup", str(folder), "-Dbuildtype=release", "-Dprograms=false", LINKER])
        self.must(["ninja", "-C", str(folder), "build.ninja"])  # configured again, if a list of files has changed
        self.targets: list[str] = []
        self.tests = self.find_tests(suites)
        self.must(["ninja", "-C", str(folder), *self.targets])
        commands = json.loads((folder / "compile_commands.json").read_text(encoding="utf-8"))
        self.compilers = {(folder / entry["file"]).resolve(): shlex.split(entry["command"]) for entry in commands}
        self.originals: dict[Path, bytes] = {}
        self.killers: Counter[tuple[Path, str]] = Counter()

    def must(self, command: list[str]) -> None:
        subprocess.run(command, cwd=self.root, stdout=subprocess.DEVNULL, check=True)

    def link_of(self, program: str) -> list[str]:
        """The command that links a program, if it does so with the library's objects."""
        path = os.path.relpath(self.folder / program, self.folder)
        done = subprocess.run(
            ["ninja", "-C", str(self.folder), "-t", "commands", "-s", path], capture_output=True, text=True, check=False
        )
        command = shlex.split(done.stdout.splitlines()[-1]) if done.returncode == 0 and done.stdout else []
        return command if any(word.endswith("libsnnfe-internal.a") for word in command) else []

    def find_tests(self, suites: list[str]) -> list[Test]:
        known = json.loads((self.folder / "meson-info" / "intro-tests.json").read_text(encoding="utf-8"))
        tests = []
        for entry in known:
            if suites and not any(suite.split(":")[-1] in suites for suite in entry["suite"]):
                continue
            # Of several programs the last is what is tested, the others make its input.
            inside = [word for word in entry["cmd"] if (self.folder / word).is_relative_to(self.folder)]
            links = [(word, self.link_of(word)) for word in inside]
            self.targets += [os.path.relpath(self.folder / word, self.folder) for word, link in links if link]
            for program, link in [pair for pair in links if pair[1]][-1:]:
                environment = {**entry["env"], "TMPDIR": str(self.temporary), "SNNFE_TEST_SEED": "1"}
                environment["CK_TIMEOUT_MULTIPLIER"] = "30"  # the processor's time is limited instead
                environment["SNNFE_SHARED"] = os.environ.get("SNNFE_SHARED", str(self.root.parent / "shared"))
                suites_of = [suite.split(":")[-1] for suite in entry["suite"]]
                tests.append(Test(entry["name"], suites_of, entry["cmd"], environment, program, link))
        return tests

    def compile(self, path: Path, source: Path, target: Path, more: list[str]) -> bool:
        """Compile a source in place of that at `path`."""
        words = self.compilers[(self.root / path).resolve()]
        kept = [words[0]]
        skip = False
        for word in words[1:]:
            if not skip and word not in ("-c", "-MD") and not word.endswith(path.name):
                if word not in ("-o", "-MF", "-MQ"):
                    kept.append(word)
            skip = word in ("-o", "-MF", "-MQ")
        if Path(kept[0]).name == "ccache":
            kept = kept[1:]
        command = [*kept, "-w", "-O1", "-iquote", str((self.root / path).parent), *more, "-o", str(target), "-c", str(source)]
        return subprocess.run(command, cwd=self.folder, capture_output=True, check=False).returncode == 0

    def link(self, test: Test, objects: list[Path], target: Path, more: tuple[str, ...] = ()) -> None:
        at = test.link.index("-o")
        command = [*test.link[:at], *more, "-o", str(target), *map(str, objects), *test.link[at + 2 :]]
        subprocess.run(command, cwd=self.folder, capture_output=True, check=True)

    def passes(self, test: Test, program: Path, seconds: int) -> bool:
        command = [str(program) if word == test.program else word for word in test.command]
        return run(command, self.folder, seconds, test.environment)

    # --- which tests run which lines ----------------------------------------------------------

    def try_alone(self, test: Test, program: Path) -> dict[str, Any]:
        """Its time, and whether it passes. Within one process a test ends at a crash, and one limit holds for all of
        it; some need processes."""
        seen: dict[str, Any] = {}
        for fork in ["no", "yes"]:
            for path in self.work.glob("*.gcda"):
                path.unlink()
            test.environment["CK_FORK"] = fork
            before = processor_time()
            passed = self.passes(test, program, SLOWEST)
            seen = {"passed": passed, "fork": fork, "seconds": processor_time() - before, "lines": {}, "functions": {}}
            if passed or seen["seconds"] >= SLOWEST / 2:
                break
        return seen

    def look(self, test: Test, objects: list[Path]) -> dict[str, Any]:
        """Its time and the lines that it runs."""
        program = self.work / "program"
        self.link(test, objects, program, ("--coverage",))
        seen = self.try_alone(test, program)
        if not seen["passed"] and seen["seconds"] < SLOWEST:
            # Limits of a file's size, for one, also stop the counting.
            return {**self.try_alone(test, self.folder / test.program), "opaque": True}
        if not seen["passed"]:
            return seen
        counts = sorted(map(str, self.work.glob("*.gcda")))
        command = ["gcov", "--json-format", "--stdout", *counts]
        done = subprocess.run(command, cwd=self.work, capture_output=True, text=True, check=True)
        for text in done.stdout.splitlines():
            for file in json.loads(text)["files"]:
                self.add_file(seen, file)
        return seen

    def add_file(self, seen: dict[str, Any], file: dict[str, Any]) -> None:
        name = os.path.relpath(file["file"], self.root)
        if not name.endswith(".c"):
            return
        listed = {line["line_number"] for line in file["lines"]}
        seen["lines"][name] = sorted({line["line_number"] for line in file["lines"] if line["count"] > 0})
        # Lines that gcov does not list are judged by their function, or by the file outside of functions.
        ran = [f for f in file["functions"] if f["execution_count"] > 0]
        inside = {n for f in file["functions"] for n in range(f["start_line"], f["end_line"] + 1)}
        unlisted = {n for f in ran for n in range(f["start_line"], f["end_line"] + 1)} - listed
        last = max(inside, default=0)
        if ran:
            unlisted |= set(range(1, last)) - inside
        seen["functions"][name] = [[n, n] for n in sorted(unlisted)]

    def instrument(self, paths: list[Path]) -> list[Path]:
        objects = []
        for path in paths:
            target = self.work / ("_".join(path.parts[1:]) + ".o")
            more = ["--coverage", "-fprofile-abs-path", "-fprofile-update=atomic", *TRAPS]
            if not self.compile(path, self.root / path, target, more):
                raise RuntimeError(f"{path} does not compile")
            objects.append(target)
        return objects

    def look_at_tests(self, paths: list[Path], tell: bool = True) -> None:
        """Run each test once, unless it is the same as the last time. Of files that have changed since then it is
        known that it runs them, not which lines."""
        notes = self.folder / "lines.json"
        known = json.loads(notes.read_text(encoding="utf-8")) if notes.exists() else {}
        objects: list[Path] = []
        sources = {str(path): hashlib.sha256(path.read_bytes()).hexdigest()[:16] for path in paths}
        for test in self.tests:
            own = [self.folder / word for word in test.link if word.endswith((".o", "-support.a"))]
            content = b"".join(path.read_bytes() for path in own)
            key = test.name + " " + hashlib.sha256(content).hexdigest()
            if key not in known:
                objects = objects or self.instrument(paths)
                known[key] = {**self.look(test, objects), "sources": sources}
                notes.write_text(json.dumps(known), encoding="utf-8")
            seen = known[key]
            test.seconds, test.environment["CK_FORK"] = seen["seconds"], seen["fork"]
            test.changed = {name for name, content in sources.items() if seen["sources"].get(name) != content}
            test.passes, test.opaque = seen["passed"], seen.get("opaque", False)
            test.lines = {name: set(lines) for name, lines in seen["lines"].items()}
            test.functions = {name: [(a, b) for a, b in spans] for name, spans in seen["functions"].items()}
            if tell and not test.passes:
                print(f"left out, as it fails or takes too long without a change: {test.name}", flush=True)

    # --- one mutant -------------------------------------------------------------------------

    def original(self, path: Path, source: Path, target: Path) -> bytes:
        """The object code of a file that is not changed."""
        if path not in self.originals:
            source.write_text(path.read_text(encoding="utf-8"), encoding="utf-8")
            if not self.compile(path, source, target, []):
                raise RuntimeError(f"{path} does not compile")
            self.originals[path] = target.read_bytes()
        return self.originals[path]

    def order(self, path: Path) -> list[Test]:
        """Those first that have noticed changes of the file, then those of its folder, then the fastest."""
        return sorted(
            (test for test in self.tests if test.passes),
            key=lambda test: (-self.killers[path, test.name], path.parent.name not in test.suites, test.seconds),
        )

    def judge(self, mutant: Mutant, patience: float) -> tuple[str, str]:
        """What became of it, and by which test or after how many."""
        source, made = self.work / "mutant.c", self.work / "mutant.o"
        original = self.original(mutant.path, source, made)
        source.write_text(mutant.text(), encoding="utf-8")
        if not self.compile(mutant.path, source, made, []):
            return "invalid", "does not compile"
        if made.read_bytes() == original:
            return "same", "the same object code"
        self.compile(mutant.path, source, made, TRAPS)
        for left in self.temporary.iterdir():
            shutil.rmtree(left) if left.is_dir() else left.unlink()
        n, spent = 0, 0.0
        program = self.work / f"program.{os.getpid()}"
        for test in self.order(mutant.path):
            if not test.runs(mutant.path, mutant.line + 1):
                continue
            spent += test.seconds
            if n > 0 and spent > patience:
                return "survived", f"{n} tests, and more of over {patience:g} s"
            self.link(test, [made], program)
            before, began = processor_time(), time.monotonic()
            limit_s = int(3 + 3 * test.seconds)
            # Twice, as a test may fail by chance on a busy machine; what does not end need not be seen again.
            if not self.passes(test, program, limit_s):
                ended = processor_time() - before < limit_s and time.monotonic() - began < on_the_clock(limit_s)
                if not ended or not self.passes(test, program, limit_s):
                    self.killers[mutant.path, test.name] += 1
                    return "killed", test.name + ("" if ended else " (did not end)")
            n += 1
        return "survived", f"{n} tests" if n else "no test runs the line"
