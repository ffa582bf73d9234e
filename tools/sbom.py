"""What a build of libsnnfe is made of, as a CycloneDX bill of materials.

sbom.py BUILD OUTPUT

BUILD is a folder of `meson setup`. Libraries built from subprojects/ have the hash of the archive they come
from and their license; those of the system have the version that the build found, where it has one. Check,
which only tests use, is no part. The same build gives the same bytes: the time is SOURCE_DATE_EPOCH, or that
of the last commit.
"""

from __future__ import annotations

import configparser
import datetime
import json
import os
import subprocess
import sys
import uuid
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
TEST_ONLY = {"check"}
NAMESPACE = uuid.UUID("5b0f6d0c-6a53-5c1e-9d0e-6f1a5a5d2c11")


def introspect(path: Path, *what: str) -> Any:
    """Meson's answer about a build folder or a meson.build."""
    answer = subprocess.run(["meson", "introspect", str(path), *what], check=True, capture_output=True, text=True)
    return json.loads(answer.stdout)


def licenses(info: dict[str, Any], name: str) -> list[dict[str, Any]]:
    """A project's licenses; to have none is an error, since a bill without them says too little."""
    if not info.get("license") or info["license"] == ["unknown"]:
        sys.exit(f"sbom.py: the meson.build of {name} says no license")
    return [{"license": {"id": identifier}} for identifier in info["license"]]


def from_wrap(project: dict[str, Any]) -> dict[str, Any]:
    """A library that was built from its source."""
    name = project["name"]
    wrap = configparser.ConfigParser(interpolation=None)
    wrap.read_string((ROOT / "subprojects" / f"{name}.wrap").read_text())
    source = wrap["wrap-file"]
    own = introspect(ROOT / "subprojects" / "packagefiles" / name / "meson.build", "--projectinfo")
    return {
        "type": "library",
        "bom-ref": name,
        "name": name,
        "version": project["version"],
        "licenses": licenses(own, name),
        "hashes": [{"alg": "SHA-256", "content": source["source_hash"]}],
        "externalReferences": [{"type": "source-distribution", "url": source["source_url"]}],
        "properties": [{"name": "snnfe:linkage", "value": "static, part of libsnnfe"}],
    }


def from_system(name: str, version: str) -> dict[str, Any]:
    """A library of the system, which the build found."""
    part = {"type": "library", "bom-ref": name, "name": name, "version": version}
    return {**part, "properties": [{"name": "snnfe:linkage", "value": "the system's"}]}


def time() -> str:
    """When the source is from."""
    seconds = os.environ.get("SOURCE_DATE_EPOCH") or subprocess.run(
        ["git", "-C", str(ROOT), "log", "-1", "--format=%ct"], check=True, capture_output=True, text=True
    ).stdout
    return datetime.datetime.fromtimestamp(int(seconds), datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def bill(build: Path) -> dict[str, Any]:
    """The whole bill."""
    project = introspect(build, "--projectinfo")
    found = {
        d["name"]: from_system(d["name"], d["version"])
        for d in introspect(build, "--dependencies")
        if d["type"] not in ("internal", "system")
    }
    built = {p["name"]: from_wrap(p) for p in project["subprojects"]}
    # Libraries that the linker finds have no version: Meson does not list them.
    wraps = {wrap.stem for wrap in (ROOT / "subprojects").glob("*.wrap")}
    unlisted = {name for name in wraps if not any(known.startswith(name) for known in {**found, **built})}
    known = {name: from_system(name, "unknown") for name in unlisted} | found | built
    parts = [known[name] for name in sorted(known) if name not in TEST_ONLY]
    library = {
        "type": "library",
        "bom-ref": "snnfe",
        "name": "libsnnfe",
        "version": project["version"],
        "licenses": licenses(project, "libsnnfe"),
    }
    content = {
        "metadata": {"timestamp": time(), "component": library},
        "components": parts,
        "dependencies": [{"ref": "snnfe", "dependsOn": [c["bom-ref"] for c in parts]}]
        + [{"ref": c["bom-ref"]} for c in parts],
    }
    serial = uuid.uuid5(NAMESPACE, json.dumps(content, sort_keys=True))
    return {"bomFormat": "CycloneDX", "specVersion": "1.6", "serialNumber": serial.urn, "version": 1, **content}


def main() -> None:
    """Write the bill."""
    if len(sys.argv) != 3:
        sys.exit("usage: sbom.py BUILD OUTPUT")
    Path(sys.argv[2]).write_text(json.dumps(bill(Path(sys.argv[1])), indent=2) + "\n")


if __name__ == "__main__":
    main()
