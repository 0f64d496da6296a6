#!/usr/bin/env python3
"""Practises docs/key-compromise.md: the seal's key of one agency is stolen, revoked and replaced while its node serves."""

import argparse
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

from federation import ROOT, Federation, short

BORDER, KYRGYZ = AGENCIES = ["KAZ/border-service", "KGZ/interior-ministry"]
TRAVELLER = ["P<TJKRAHIMOV<<JAMSHED<<<<<<<<<<<<<<<<<<<<<<<", "4012345676TJK7907304M2901019<<<<<<<<<<<<<<02"]
PATIENCE = 60  # seconds


class Authority:
    """Kazakhstan's issuing authority on-line, and anna, who runs it."""

    def __init__(self, federation):
        self.federation = federation
        self.folder = federation.folder / "issuing-authority"
        self.root = federation.folder / "pki" / "KAZ"
        self.process = None
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        self.socket.bind(("127.0.0.1", 0))
        self.socket.listen(128)
        self.address = "127.0.0.1:%d" % self.socket.getsockname()[1]

    def start(self):
        self.folder.mkdir(mode=0o700)
        issuing = self.folder / "issuing"
        issuing.mkdir(mode=0o700)
        for file in ("root.pem", "issuing.pem", "issuing.key"):
            shutil.copy(self.root / file, issuing / file)
        tamga = self.federation.tamga
        tamga("pki", "operator", "--authority", self.root, "--agency", "KAZ/issuing-authority", "--name", "anna",
              "--node-address", self.address, "--out", self.folder / "anna")
        (self.folder / "authority.txtpb").write_text(
            'state: "KAZ"\nlisten: "127.0.0.1:0"\ndata_dir: "data"\nroot_file: "issuing/root.pem"\n'
            'issuing { certificate_file: "issuing/issuing.pem" key_file: "issuing/issuing.key" }\n')
        fd = self.socket.fileno()
        command = f'LISTEN_PID=$$ LISTEN_FDS=1 exec "$0" --config "$1" 3<&{fd}'
        with open(self.folder / "authority.log", "w", encoding="utf-8") as log:
            self.process = subprocess.Popen(
                ["sh", "-c", command, str(self.federation.bin / "tamga-authority"), str(self.folder / "authority.txtpb")],
                pass_fds=[fd], stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True)

    def stop(self):
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(timeout=30)

    def ask(self, *arguments):
        return self.federation.tamga(*arguments, profile=self.folder / "anna" / "anna.txtpb")

    def enrol_seal(self, agency, certificate, key):
        token = self.folder / "token"
        self.ask("pki", "token", "--agency", agency, "--role", "seal", "--out", token, "--force")
        self.federation.tamga("pki", "enrol", "--authority-address", self.address, "--roots", self.root / "root.pem",
                              "--agency", agency, "--role", "seal", "--token-file", token, "--certificate", certificate,
                              "--key", key, "--force")

    def publish_lists(self, file):
        """The newest lists of the root and of the issuing authority, put into the file that a node watches."""
        lists = [self.folder / "root.crl.pem", self.folder / "issuing.crl.pem"]
        if not lists[0].exists():
            self.federation.tamga("pki", "root-revocations", "--authority", self.root, "--first", "--out", lists[0])
        self.federation.tamga("pki", "revocations", "--authority-address", self.address, "--state", "KAZ", "--roots",
                              self.root / "root.pem", "--out", lists[1])
        parts = lists + [self.folder / "issuing" / "issuing.pem"]
        fresh = file.with_suffix(".new")
        fresh.write_text("".join(part.read_text() for part in parts))
        fresh.rename(file)


class Drill:
    def __init__(self, federation):
        self.federation = federation
        self.authority = Authority(federation)
        self.home = federation.folder / short(BORDER)
        config = (self.home / "node.txtpb").read_text()
        self.certificate, self.key = (
            self.home / name for name in re.search(
                r'seal \{\s*certificate_file: "([^"]+)"\s*key_file: "([^"]+)"', config).groups())
        self.list_file = self.home / "KAZ.crl"
        self.began = time.monotonic()

    def step(self, text):
        print(f"[{time.monotonic() - self.began:5.1f} s] {text}")

    def show(self, command, output):
        print(f"    $ {command}")
        for line in output.rstrip().splitlines():
            print(f"    {line}")

    def wait_for(self, what, holds):
        end = time.monotonic() + PATIENCE
        while not holds():
            if time.monotonic() > end:
                raise SystemExit(f"{what}: not seen within {PATIENCE} s; see {self.home / 'node.log'}")
            time.sleep(0.1)
        self.step(what)

    def key_id(self):
        shown = json.loads(self.federation.tamga("--output", "json", "pki", "show", self.certificate))
        return re.search(r'[0-9a-f]{64}', json.dumps(shown)).group()

    def exchange(self, case):
        answer = self.federation.ask(BORDER, "watchlist", "check", "--mrz", *TRAVELLER, "--ask", KYRGYZ, "--purpose",
                                     "BORDER_CHECK", "--case-reference", case, "--officer", "BS-4711")
        status = {source["source"]: source["status"] for source in answer["sources"]}[KYRGYZ]
        if status not in ("SOURCE_STATUS_HIT", "SOURCE_STATUS_NO_HIT"):
            raise SystemExit(f"the exchange failed: {json.dumps(answer, indent=1)}")

    def log_of(self, agency):
        return (self.federation.folder / short(agency) / "node.log").read_text()

    def prepare(self):
        self.authority.start()
        self.wait_for("the issuing authority serves",
                      lambda: "serving" in (self.authority.folder / "authority.log").read_text())
        self.authority.enrol_seal(BORDER, self.certificate, self.key)
        self.authority.publish_lists(self.list_file)
        path = self.home / "node.txtpb"
        path.write_text(re.sub(r'(trust_bundles \{ state: "KAZ" [^}]*)\}', rf'\1 crl_files: "{self.list_file.name}" }}',
                               path.read_text()))
        for agency in AGENCIES:
            self.federation.start(agency)
        for agency in AGENCIES:
            self.federation.wait_until_serving(agency)
        for case in ("LANE-7-001", "LANE-7-002", "LANE-7-003"):
            self.exchange(case)
        self.step("two nodes serve; three travellers were checked across the border")

    def run(self):
        self.prepare()
        stolen = self.key_id()
        thief = self.federation.folder / "thief"
        thief.mkdir(mode=0o700)
        for file in (self.certificate, self.key):
            shutil.copy(file, thief / file.name)
        print(f"\nThe key {stolen} is stolen.\n")
        self.began = time.monotonic()

        self.authority.enrol_seal(BORDER, self.certificate, self.key)
        fresh = self.key_id()
        self.wait_for("1. the node seals with a new key, and the new key sealed the head of the log",
                      lambda: fresh in self.log_of(BORDER))
        self.exchange("LANE-7-004")
        output = self.authority.ask("pki", "revoke", "--key", stolen)
        self.step("2. the stolen key is revoked")
        self.show(f"tamga --profile anna.txtpb pki revoke --key {stolen[:8]}…", output)
        self.authority.publish_lists(self.list_file)
        self.wait_for("3. the own node has taken the list", lambda: self.has_revoked(BORDER))
        self.wait_for("4. the partner's node has it, too: nobody had to be told", lambda: self.has_revoked(KYRGYZ))

        for file in (self.certificate, self.key):
            shutil.copy(file, self.home / (file.name + ".good"))
            os.replace(shutil.copy(thief / file.name, self.home / (file.name + ".stolen")), file)
        self.wait_for("5. the stolen key is refused from now on, by the own node as by any",
                      lambda: "CERT_REVOKED" in self.log_of(BORDER))
        for file in (self.certificate, self.key):
            os.replace(self.home / (file.name + ".good"), file)
        self.exchange("LANE-7-005")
        self.step("6. exchanges go on")

        roots = self.authority.root / "root.pem"
        self.show("tamga --profile auditor.profile audit seals --trust KAZ=root.pem",
                  self.federation.tamga("--quiet", "audit", "seals", "--trust", f"KAZ={roots}",
                                        profile=self.federation.profile(BORDER, "auditor")))
        for agency in AGENCIES:
            listed = self.federation.tamga("--quiet", "audit", "list", "--all", "--seal-key", stolen,
                                           profile=self.federation.profile(agency, "auditor"))
            self.show(f"tamga --profile auditor.profile audit list --all --seal-key {stolen[:8]}…   # at {agency}", listed)
            if len(listed.splitlines()) < 4:
                raise SystemExit("what the stolen key sealed is not all listed")
        self.step("7. what the stolen key sealed is listed at both logs")

    def has_revoked(self, agency):
        states = self.federation.ask(agency, "node", "trust", role="operator")["states"]
        lists = [held for state in states if state["state"] == "KAZ" for held in state.get("lists", [])]
        return any(int(held.get("revoked", 0)) > 0 for held in lists)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bin", type=Path, default=ROOT / "build" / "release" / "bin", help="folder of the programs")
    parser.add_argument("--folder", type=Path, default=ROOT / "drill-run",
                        help="where the two nodes live; what an earlier run left there is deleted")
    options = parser.parse_args()
    folder = options.folder.resolve()
    if folder.exists() and any(folder.iterdir()) and not (folder / "pki").is_dir():
        raise SystemExit(f"{folder} holds something else than a drill; name another folder")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700, parents=True)
    federation = Federation(options.bin.resolve(), folder, AGENCIES)
    federation.set_up()
    drill = Drill(federation)
    try:
        drill.run()
    finally:
        federation.stop_all()
        drill.authority.stop()


if __name__ == "__main__":
    sys.exit(main())
