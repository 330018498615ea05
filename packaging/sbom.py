#!/usr/bin/env python3
"""The crates in the program, as a CycloneDX 1.6 document on standard output.

Arguments are passed on to cargo metadata; --target names the system that is meant. Crates that only
tests use are left out. The same sources give the same bytes.
"""

import datetime
import json
import os
import subprocess
import sys
import tomllib


def metadata(arguments):
    """What cargo says of the packages and of who needs whom."""
    command = ["cargo", "metadata", "--format-version=1", "--locked"]
    arguments = ["--filter-platform" if one == "--target" else one for one in arguments]
    return json.loads(subprocess.check_output(command + arguments))


def needed(nodes, root):
    """The packages that are compiled for the program, each with those it needs."""
    found, waiting = {}, [root]
    while waiting:
        package = waiting.pop()
        if package in found:
            continue
        kinds = lambda dependency: {kind["kind"] for kind in dependency["dep_kinds"]}
        own = [d["pkg"] for d in nodes[package]["deps"] if kinds(d) - {"dev"}]
        found[package] = sorted(own)
        waiting.extend(own)
    return found


def purl(package):
    return f"pkg:cargo/{package['name']}@{package['version']}"


def component(package, checksums):
    entry = {
        "type": "library",
        "bom-ref": purl(package),
        "name": package["name"],
        "version": package["version"],
        "purl": purl(package),
    }
    if package.get("description"):
        entry["description"] = " ".join(package["description"].split())
    if package.get("license"):
        # Old crates separate alternatives by a slash; SPDX wants OR.
        entry["licenses"] = [{"expression": package["license"].replace("/", " OR ")}]
    checksum = checksums.get((package["name"], package["version"]))
    if checksum:
        entry["hashes"] = [{"alg": "SHA-256", "content": checksum}]
    if package.get("repository"):
        entry["externalReferences"] = [{"type": "vcs", "url": package["repository"]}]
    return entry


def main():
    about = metadata(sys.argv[1:])
    packages = {package["id"]: package for package in about["packages"]}
    nodes = {node["id"]: node for node in about["resolve"]["nodes"]}
    root = about["resolve"]["root"]
    with open("Cargo.lock", "rb") as lock:
        locked = tomllib.load(lock)["package"]
    checksums = {(p["name"], p["version"]): p.get("checksum") for p in locked}
    graph = needed(nodes, root)
    others = sorted((packages[one] for one in graph if one != root), key=purl)
    epoch = int(os.environ.get("SOURCE_DATE_EPOCH", "0"))
    date = datetime.datetime.fromtimestamp(epoch, datetime.timezone.utc)
    program = component(packages[root], checksums) | {"type": "application"}
    document = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {"timestamp": date.strftime("%Y-%m-%dT%H:%M:%SZ"), "component": program},
        "components": [component(package, checksums) for package in others],
        "dependencies": [
            {"ref": purl(packages[one]), "dependsOn": sorted({purl(packages[two]) for two in graph[one]})}
            for one in sorted(graph, key=lambda one: purl(packages[one]))
        ],
    }
    json.dump(document, sys.stdout, indent=2)
    print()


main()
