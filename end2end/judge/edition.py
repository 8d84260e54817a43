"""Contracts of the first edition (ODCS 3.0), sorted by its official schema: edition.py FOLDER EXAMPLE..

Takes those of the examples that are of this edition, changes every place of them in several ways (places that differ
only in their number in a list once, in the smallest example that has one), and writes what the schema accepts to
FOLDER/accepted and what it refuses to FOLDER/refused, a JSON file each.
"""

import copy
import json
import sys
from importlib import resources
from pathlib import Path

import yaml
from jsonschema.validators import validator_for

EDITION = ("v3.0.0", "v3.0.1", "v3.0.2")
REPLACEMENTS = (True, 7, "words", [{"a": 1}])


class Loader(yaml.SafeLoader):
    """Days stay the text they are written as."""


Loader.yaml_implicit_resolvers = {
    first: [(tag, form) for tag, form in resolvers if not tag.endswith(":timestamp")]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def places(value, at=()):
    """Every place below a value, as keys from the top."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, below in items:
        yield (*at, key)
        yield from places(below, (*at, key))


def changed(document, place, change):
    """A copy of the document in which `change` was done to its parent and key."""
    result = copy.deepcopy(document)
    parent = result
    for key in place[:-1]:
        parent = parent[key]
    change(parent, place[-1])
    return result


def replace(value):
    return lambda parent, key: parent.__setitem__(key, value)


def rename(parent, key):
    parent[f"{key}Old"] = parent.pop(key)


def variants(document, known):
    """The document, and its changes at places of a kind that is not known yet."""
    yield document
    for place in places(document):
        kind = tuple("*" if isinstance(key, int) else key for key in place)
        if kind in known:
            continue
        known.add(kind)
        for value in REPLACEMENTS:
            yield changed(document, place, replace(value))
        if isinstance(place[-1], str):
            yield changed(document, place, lambda parent, key: parent.pop(key))
            yield changed(document, place, rename)


folder, *examples = map(Path, sys.argv[1:])
schema = json.loads(resources.files("datacontract").joinpath("schemas/odcs-3.0.2.schema.json").read_text())
judge = validator_for(schema)(schema)
for verdict in ("accepted", "refused"):
    (folder / verdict).mkdir(parents=True)
number = 0
known = set()
for example in sorted(examples, key=lambda example: example.stat().st_size):
    original = yaml.load(example.read_text(), Loader)
    if original.get("apiVersion") not in EDITION:
        continue
    for document in variants(original, known):
        number += 1
        if document.get("apiVersion") == original["apiVersion"]:
            document = {**document, "apiVersion": EDITION[number % len(EDITION)]}
        verdict = "accepted" if judge.is_valid(document) else "refused"
        (folder / verdict / f"{example.name.split('.')[0]}-{number:05}.json").write_text(json.dumps(document))
