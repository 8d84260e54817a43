"""Tells dependencies that no source names: unused.py, in the root of the workspace.

A dependency of a crate has to be named (as `name::` or after `use`) in its sources, a development dependency in its
tests, benches or examples as well; one that is there for its features alone says so by a comment `# Not used by name`
above it in the manifest. What [workspace.dependencies] lists, some crate has to take.
"""

import json
import re
import subprocess
import sys
from pathlib import Path

COMMENT = re.compile(r"//[^\n]*")


def source(folder, *parts):
    """The Rust text of some folders of a crate, without comments."""
    files = [file for part in parts for file in sorted((folder / part).rglob("*.rs"))]
    if "build.rs" in parts and (folder / "build.rs").exists():
        files.append(folder / "build.rs")
    return COMMENT.sub("", "\n".join(file.read_text() for file in files))


def by_features(manifest):
    """Dependencies in the paragraph below a comment that says they are not used by name."""
    named, inside = set(), False
    for line in manifest.splitlines():
        inside = (inside or line.startswith("# Not used by name")) and line.strip() != ""
        if inside and (found := re.match(r"([\w-]+)\s*[.=]", line)):
            named.add(found[1])
    return named


def names(text, crate):
    return re.search(rf"(?<![\w:])(?:::)?{crate}::|\buse\s+(?:::)?{crate}\b|\bextern crate {crate}\b", text)


def main():
    metadata = json.loads(
        subprocess.run(
            ["cargo", "metadata", "--format-version", "1", "--no-deps", "--offline"], check=True, capture_output=True
        ).stdout
    )
    wrong, taken = [], set()
    for package in metadata["packages"]:
        manifest = Path(package["manifest_path"])
        code, tests = source(manifest.parent, "src", "build.rs"), source(manifest.parent, "tests", "benches", "examples")
        kept = by_features(manifest.read_text())
        for dependency in package["dependencies"]:
            name = dependency["rename"] or dependency["name"]
            taken.add(dependency["name"])
            text = code + tests if dependency["kind"] == "dev" else code
            if name not in kept and not names(text, name.replace("-", "_")):
                wrong.append(f"{manifest.relative_to(Path.cwd())}: {name} is named by no source")
    listed = re.findall(r"^([\w-]+) = ", Path("Cargo.toml").read_text().split("[workspace.dependencies]")[1].split("\n[")[0], re.M)
    wrong += [f"Cargo.toml: no crate takes {name}" for name in listed if name not in taken]
    if wrong:
        sys.exit("\n".join([*wrong, "Take out what is not used; its features may be what another crate lives on."]))


main()
