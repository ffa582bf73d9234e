"""Every public header is installed, and the specification that headers refer to."""

from __future__ import annotations

import json
import sys
from pathlib import Path

ROOT, BUILD = Path(sys.argv[1]), Path(sys.argv[2])

installed = json.loads((BUILD / "meson-info" / "intro-installed.json").read_text())
headers = {str(path) for path in (ROOT / "include" / "snnfe").glob("*.h")}
texts = {str(ROOT / "docs" / name) for name in ("spec.md", "glossary.md")}
missing = sorted((headers | texts) - set(installed))
for path in missing:
    print(f"{path} is not installed")
print(f"{len(headers | texts)} files, {len(missing)} missing")
sys.exit(bool(missing))
