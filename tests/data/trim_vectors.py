#!/usr/bin/env python3
"""Cuts published test vectors down to what our tests read, one test a line; no value is changed.

    tests/data/trim_vectors.py FOLDER    # FOLDER holds wycheproof/, eddsa/, hpke/ and oprf/ as their SOURCE.md names them
"""
import json
import pathlib
import sys

HERE = pathlib.Path(__file__).parent

# File: members of a group, members of a test. "tcId", "result" and "flags" are kept everywhere.
WYCHEPROOF = {
    "aes_gcm": ((), ("key", "iv", "aad", "msg", "ct", "tag")),
    "ecdsa_secp256r1_sha256": (("publicKeyDer",), ("msg", "sig")),
    "ecdsa_secp256r1_sha256_p1363": (("publicKeyDer",), ("msg", "sig")),
    "ed25519": (("publicKey",), ("msg", "sig")),
    "hkdf_sha256": ((), ("ikm", "salt", "info", "size", "okm")),
    "hmac_sha256": ((), ("key", "msg", "tag")),
    "x25519": ((), ("public", "private", "shared")),
}
# What the rule of verification is about; the others (components of small order, ...) are left out.
CCTV_FLAGS = ("low_order_A", "low_order_R", "low_order_residue", "non_canonical_A", "non_canonical_R")
HPKE = ("mode", "kem_id", "kdf_id", "aead_id", "info", "skEm", "pkEm", "skRm", "pkRm", "enc")


def compact(value):
    return json.dumps(value, separators=(",", ":"))


def lines(values):
    return "[\n" + ",\n".join(compact(value) for value in values) + "\n]\n"


def picked(record, names):
    return {name: record[name] for name in names if name in record}


def wycheproof(whole, group_members, test_members):
    groups = []
    for group in whole["testGroups"]:
        head = compact(picked(group, group_members))[1:-1]
        tests = lines(picked(test, ("tcId", "result", "flags") + test_members) for test in group["tests"])
        groups.append("{" + head + (",\n" if head else "\n") + '"tests":' + tests.rstrip() + "}")
    head = compact(picked(whole, ("algorithm", "schema", "numberOfTests")))[1:-1]
    return "{" + head + ',\n"testGroups":[\n' + ",\n".join(groups) + "\n]}\n"


def cctv(whole):
    return lines({**picked(case, ("number", "key", "msg", "sig")),
                  "flags": [flag for flag in case["flags"] or () if flag in CCTV_FLAGS]} for case in whole)


def hpke(whole):
    # What no wrapper of ours can open needs one ciphertext to be refused, not six.
    return lines({**picked(setup, HPKE),
                  "encryptions": setup["encryptions"] if setup["mode"] == 0 else setup["encryptions"][:1]}
                 for setup in whole)


def main(source):
    def read(path):
        return json.loads((source / path).read_text())

    for name, members in WYCHEPROOF.items():
        file = f"wycheproof/{name}_test.json"
        (HERE / file).write_text(wycheproof(read(file), *members))
    (HERE / "eddsa/cctv-ed25519-edge-cases.json").write_text(cctv(read("eddsa/cctv-ed25519-edge-cases.json")))
    (HERE / "hpke/rfc9180-appendix-a.json").write_text(hpke(read("hpke/rfc9180-appendix-a.json")))
    (HERE / "oprf/rfc9497-all-vectors.json").write_text(lines(read("oprf/rfc9497-all-vectors.json")))


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]))
