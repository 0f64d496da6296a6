"""Several agencies' nodes on loopback, for scripts that show something with them."""

import json
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def short(agency):
    return agency.lower().replace("/", "-")


def listen_at(port):
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listening.bind(("127.0.0.1", port))
    listening.listen(128)
    return listening


class Federation:
    """Keys, configurations and processes of agencies' nodes below one folder."""

    def __init__(self, bin_dir, folder, agencies):
        self.agencies = agencies
        self.bin = bin_dir
        self.folder = folder
        self.sockets = {}
        self.processes = {}

    # -- the two programs ------------------------------------------------------------------------------------------

    def tamga(self, *arguments, profile=None, expect=0):
        """Runs `tamga` and gives its output; ends the demonstration if it does not exit as expected."""
        command = [str(self.bin / "tamga")]
        if profile:
            command += ["--profile", str(profile)]
        command += [str(argument) for argument in arguments]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode != expect:
            raise SystemExit(f"unexpected exit {done.returncode} of {' '.join(command)}\n{done.stdout}{done.stderr}")
        return done.stdout if expect == 0 else done.stdout + done.stderr

    def ask(self, agency, *arguments, role="system", expect=0):
        """`tamga --output json` at an agency's own node; the answer, or on refusal the message."""
        output = self.tamga("--output", "json", "--quiet", *arguments, profile=self.profile(agency, role), expect=expect)
        return json.loads(output) if expect == 0 else output.strip()

    def profile(self, agency, role):
        return self.folder / short(agency) / f"{role}.profile"

    # -- setting up --------------------------------------------------------------------------------------------------

    def set_up(self):
        states = sorted({agency[:3] for agency in self.agencies})
        trust = []
        for state in states:
            self.tamga("pki", "state", "--state", state, "--out", self.folder / "pki" / state)
            office = self.folder / "pki" / state / "office"
            self.tamga("pki", "treaty-office", "--state", state, "--out", office)
            trust += ["--trust", f"{state}={self.folder / 'pki' / state / 'root.pem'}"]
            trust += ["--office", f"{state}={office / 'treaty-office.txtpb'}"]
        self.ratify(states)
        for agency in self.agencies:
            authority = self.folder / "pki" / agency[:3]
            home = self.folder / short(agency)
            self.tamga("pki", "node", "--authority", authority, "--agency", agency, "--out", home / "pki")
            self.sockets[agency] = listen_at(0)  # the kernel chooses the port; the node is given the socket
        for agency in self.agencies:
            self.configure(agency, states, trust)

    def ratify(self, states):
        """Each State's treaty office signs its acts: from them follows what is in force between whom."""
        treaties = self.folder / "treaties"
        shutil.copytree(ROOT / "policy" / "treaties", treaties)
        (treaties / "offices").mkdir()
        for state in states:
            office = self.folder / "pki" / state / "office"
            shutil.copy(office / "treaty-office.txtpb", treaties / "offices" / f"{state}.txtpb")
            self.tamga(
                "treaty", "sign", "--treaties", treaties, "--office", office / "treaty-office.txtpb", "--key",
                office / "treaty-office.key", ROOT / "policy" / "acts" / state,
            )

    def address(self, agency):
        return "127.0.0.1:%d" % self.sockets[agency].getsockname()[1]

    def configure(self, agency, states, trust):
        home = self.folder / short(agency)
        partners = []
        for other in self.agencies:
            if other != agency:
                vkey = self.folder / short(other) / "pki" / "log.vkey"
                partners += ["--partner", f"{other}={self.address(other)}={vkey}"]
                partners += ["--witness", f"{other}={self.folder / short(other) / 'pki' / 'witness.vkey'}"]
        auditors = []
        for state in states:
            auditors += ["--auditor", f"{state}/prosecutor-general"]
        shutil.copytree(self.folder / "treaties", home / "treaties")  # the node writes what it learns into its own
        self.tamga(
            "node", "init", "--dir", home, "--agency", agency, "--listen", "127.0.0.1:0", "--pki", home / "pki",
            "--treaties", home / "treaties", *trust, *partners, *auditors,
        )
        self.tamga("node", "check", "--config", home / "node.txtpb")
        authority = self.folder / "pki" / agency[:3]
        prosecutor = f"{agency[:3]}/prosecutor-general"
        callers = {"system": (agency, "demo"), "operator": (agency, "demo"), "auditor": (prosecutor, "demo"),
                   "officer": (agency, "4711"), "officer-2": (agency, "4712"), "treaty-officer": (agency, "demo")}
        for profile, (caller, name) in callers.items():
            keys = home / profile
            role = "officer" if profile == "officer-2" else profile
            self.tamga("pki", role, "--authority", authority, "--agency", caller, "--name", name, "--out", keys)
            self.tamga(
                "node", "profile", "--out", self.profile(agency, profile), "--node-agency", agency, "--address",
                self.address(agency), "--certificate", next(keys.glob("*.pem")), "--key", next(keys.glob("*.key")),
                "--trust", f"{agency[:3]}={authority / 'root.pem'}",
            )

    # -- processes -----------------------------------------------------------------------------------------------------

    def start(self, agency):
        """Starts a node, which finds its listening socket as descriptor 3, as from systemd."""
        home = self.folder / short(agency)
        fd = self.sockets[agency].fileno()
        command = f'LISTEN_PID=$$ LISTEN_FDS=1 exec "$0" --config "$1" 3<&{fd}'
        with open(home / "node.log", "a", encoding="utf-8") as log:
            self.processes[agency] = subprocess.Popen(
                ["sh", "-c", command, str(self.bin / "tamga-node"), str(home / "node.txtpb")],
                pass_fds=[fd], stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
            )

    def wait_until_serving(self, agency):
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            done = subprocess.run(
                [self.bin / "tamga", "--profile", self.profile(agency, "operator"), "--timeout", "5s", "node", "status"],
                capture_output=True, check=False,
            )
            if done.returncode == 0:
                return
            if self.processes[agency].poll() is not None:
                break
        raise SystemExit(f"{agency} does not serve: see {self.folder / short(agency) / 'node.log'}")

    def stop(self, agency):
        process = self.processes.pop(agency, None)
        if process is not None and process.poll() is None:
            process.send_signal(signal.SIGTERM)
            process.wait(timeout=30)

    def cut_off(self, agency):
        """Stops a node and closes its port, so that partners are refused at once; gives the port to mend with."""
        self.stop(agency)
        port = self.sockets[agency].getsockname()[1]
        self.sockets.pop(agency).close()
        return port

    def mend(self, agency, port):
        self.sockets[agency] = listen_at(port)
        self.start(agency)
        self.wait_until_serving(agency)

    def stop_all(self):
        for agency in list(self.processes):
            self.stop(agency)
