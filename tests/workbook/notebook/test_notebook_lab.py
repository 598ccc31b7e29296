import json
import os
import re
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request

import psutil
import pytest
import websocket

JUPYTER = ("CONFIG_DIR", "DATA_DIR", "RUNTIME_DIR")


def alive(group):
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True


def wait(condition, seconds):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.1)


@pytest.fixture
def lab(opened, tmp_path):
    """`readiness notebook open` in a process group of its own, as a terminal starts it."""
    own = {f"JUPYTER_{name}": str(tmp_path / name.lower()) for name in JUPYTER}
    # A browser that opens nothing; and a trap for whoever imports from the reviewed repository.
    (opened.root / "jupyterlab.py").write_text("raise RuntimeError('code of the repository ran')\n")
    log = tmp_path / "lab.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-P", "-m", "workbook.launch", "-C", ".", "notebook", "open", "--pillar", "4"],
            cwd=opened.root,
            env=os.environ | own | {"BROWSER": "/bin/true", "HOME": str(tmp_path)},
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    yield process, log
    if alive(process.pid):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


@pytest.mark.parametrize(
    ("number", "whole_group"), [(signal.SIGINT, True), (signal.SIGTERM, False)], ids=["ctrl-c", "asked to end"]
)
def test_it_says_where_it_runs_and_ends_without_leaving_a_process(lab, number, whole_group):
    process, log = lab
    wait(lambda: "http://127.0.0.1:" in log.read_text() or process.poll() is not None, 60)
    assert process.poll() is None, log.read_text()
    assert "04-security-compliance-governance.ipynb" in log.read_text()
    os.killpg(process.pid, number) if whole_group else process.send_signal(number)
    assert process.wait(30) == 0, log.read_text()
    wait(lambda: not alive(process.pid), 10)
    assert "Traceback" not in log.read_text()


class Terminal:
    """A terminal of a running JupyterLab, as its page holds one."""

    def __init__(self, log):
        found = re.search(r"(http://127\.0\.0\.1:\d+)/lab\S*?\?token=(\w+)", log.read_text())
        self._base, self._token = found.groups()
        wait(self._answers, 60)  # the address is told before anybody listens there
        self.name = self.call("POST", "terminals")["name"]
        address = f"{self._base.replace('http', 'ws')}/terminals/websocket/{self.name}?token={self._token}"
        self._socket = websocket.create_connection(address, timeout=60)

    def _answers(self):
        try:
            return self.call("GET", "status")
        except urllib.error.URLError:
            return None

    def call(self, method, path):
        request = urllib.request.Request(  # noqa: S310  our own http address
            f"{self._base}/api/{path}", method=method, headers={"Authorization": f"token {self._token}"}
        )
        with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310  the same
            return json.loads(answer.read() or b"null")

    def type(self, text):
        self._socket.send(json.dumps(["stdin", text]))

    def wait_for(self, text, seconds=60):
        seen, end = "", time.monotonic() + seconds
        while text not in seen:
            assert time.monotonic() < end, seen[-2000:]
            kind, said = json.loads(self._socket.recv())
            seen += said if kind == "stdout" else ""


@pytest.mark.parametrize("end", ["the terminal is closed", "JupyterLab ends"])
def test_the_tui_in_a_terminal_of_jupyterlab_ends_with_it(lab, opened, end):
    process, log = lab
    wait(lambda: "?token=" in log.read_text() or process.poll() is not None, 60)
    terminal = Terminal(log)
    terminal.type(f"cd {opened.root} && {sys.executable} -P -m workbook.launch\r")
    terminal.wait_for("\x1b[?1049h")  # the screen is the TUI's now

    def faces():
        return [
            one
            for one in psutil.process_iter(["cwd", "cmdline"])
            if one.info["cwd"] == str(opened.root)
            and "workbook.launch" in (one.info["cmdline"] or ())
            and "notebook" not in one.info["cmdline"]
        ]

    running = faces()
    assert running
    if end == "JupyterLab ends":
        process.terminate()
        assert process.wait(60) == 0, log.read_text()
    else:
        terminal.call("DELETE", f"terminals/{terminal.name}")
    _, left = psutil.wait_procs(running, timeout=60)
    assert not left
    assert not faces()
