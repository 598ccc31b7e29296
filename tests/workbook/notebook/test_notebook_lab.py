import os
import signal
import subprocess
import sys
import time

import pytest

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
