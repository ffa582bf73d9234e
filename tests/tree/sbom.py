"""The bill of materials of this build: complete, and the same twice."""

from __future__ import annotations

import configparser
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT, BUILD = Path(sys.argv[1]), Path(sys.argv[2])
ENVIRONMENT = {**os.environ, "SOURCE_DATE_EPOCH": "1700000000"}


def bill(output: Path) -> str:
    """What tools/sbom.py writes."""
    subprocess.run([sys.executable, ROOT / "tools/sbom.py", BUILD, output], check=True, env=ENVIRONMENT)
    return output.read_text()


with tempfile.TemporaryDirectory() as folder:
    text, again = bill(Path(folder, "first.json")), bill(Path(folder, "second.json"))
assert text == again, "two bills of one build differ"
content = json.loads(text)
assert content["bomFormat"] == "CycloneDX" and content["specVersion"] == "1.6"
assert content["metadata"]["timestamp"] == "2023-11-14T22:13:20Z"
assert content["metadata"]["component"]["licenses"] == [{"license": {"id": "MIT"}}]
parts = {part["name"]: part for part in content["components"]}
assert "check" not in parts, "only tests use Check"
for path in (ROOT / "subprojects").glob("*.wrap"):
    if path.stem == "check":
        continue
    wrap = configparser.ConfigParser(interpolation=None)
    wrap.read(path)
    part = next(part for name, part in parts.items() if name.startswith(path.stem))
    if "hashes" in part:
        assert part["hashes"] == [{"alg": "SHA-256", "content": wrap["wrap-file"]["source_hash"]}], part
        assert part["licenses"][0]["license"]["id"], part
        assert part["version"] in wrap["wrap-file"]["source_filename"], part
references = {part["bom-ref"] for part in content["components"]}
assert set(content["dependencies"][0]["dependsOn"]) == references
print(f"{len(parts)} parts, 0 problems")
