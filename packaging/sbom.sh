#!/usr/bin/env bash
# The bill of materials of the binary, as SPDX 2.3, from the lock file: every package that is linked in, with its licence.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

cargo metadata --locked --format-version 1 | python3 -c '
import json, sys, hashlib

metadata = json.load(sys.stdin)
root = metadata["resolve"]["root"]
nodes = {node["id"]: node for node in metadata["resolve"]["nodes"]}

# What only builds or tests need is not in the binary.
linked, todo = set(), [root]
while todo:
    package = todo.pop()
    if package in linked:
        continue
    linked.add(package)
    for dependency in nodes[package]["deps"]:
        if any(kind["kind"] is None for kind in dependency["dep_kinds"]):
            todo.append(dependency["pkg"])

name = lambda package: "SPDXRef-" + package["name"].replace("_", "-") + "-" + package["version"].replace("+", "-")
packages = sorted((p for p in metadata["packages"] if p["id"] in linked), key=name)
of = {package["id"]: name(package) for package in packages}
licence = lambda package: (package["license"] or "NOASSERTION").replace("/", " OR ")
relations = [
    {"spdxElementId": of[package["id"]], "relationshipType": "DEPENDS_ON", "relatedSpdxElement": of[dependency["pkg"]]}
    for package in packages
    for dependency in nodes[package["id"]]["deps"]
    if dependency["pkg"] in linked and any(kind["kind"] is None for kind in dependency["dep_kinds"])
]
digest = hashlib.sha256("\n".join(of.values()).encode()).hexdigest()
own = next(package for package in packages if package["id"] == root)
json.dump({
    "spdxVersion": "SPDX-2.3",
    "dataLicense": "CC0-1.0",
    "SPDXID": "SPDXRef-DOCUMENT",
    "name": "mlops-lint-" + own["version"],
    "documentNamespace": own["repository"] + "/sbom/" + digest,
    "creationInfo": {"created": sys.argv[1], "creators": ["Tool: packaging/sbom.sh"]},
    "documentDescribes": [of[root]],
    "packages": [{
        "SPDXID": of[package["id"]],
        "name": package["name"],
        "versionInfo": package["version"],
        "downloadLocation": package["repository"] or "NOASSERTION",
        "filesAnalyzed": False,
        "licenseConcluded": licence(package),
        "licenseDeclared": licence(package),
        "copyrightText": "NOASSERTION",
        "externalRefs": [{
            "referenceCategory": "PACKAGE-MANAGER",
            "referenceType": "purl",
            "referenceLocator": "pkg:cargo/{}@{}".format(package["name"], package["version"]),
        }],
    } for package in packages],
    "relationships": [
        {"spdxElementId": "SPDXRef-DOCUMENT", "relationshipType": "DESCRIBES", "relatedSpdxElement": of[root]}, *relations
    ],
}, sys.stdout, indent=1)
print()
' "$(TZ=UTC0 git log -1 --date=format-local:%Y-%m-%dT%H:%M:%SZ --format=%cd)"
