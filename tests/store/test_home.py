import os
import subprocess
import sys
from pathlib import Path

import pytest

from flatwatt.errors import HomeBusyError, StoreError
from flatwatt.store.home import Home, default_home


def test_the_home_has_its_files_where_the_documentation_says(tmp_path: Path) -> None:
    home = Home(tmp_path / "flat")
    home.create()
    home.create()
    assert home.config == tmp_path / "flat/flatwatt.toml"
    assert home.secrets == tmp_path / "flat/secrets.toml"
    assert home.events == tmp_path / "flat/state.sqlite"
    assert home.quarters == tmp_path / "flat/derived/quarters.sqlite"
    assert home.readings.is_dir()
    assert home.derived.is_dir()


def test_a_new_home_is_for_its_owner_only(tmp_path: Path) -> None:
    Home(tmp_path / "flat").create()
    assert sys.platform == "win32" or (tmp_path / "flat").stat().st_mode & 0o077 == 0


def test_a_home_that_cannot_be_made_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "flat").write_text("a file")
    with pytest.raises(StoreError, match="choose another with --home"):
        Home(tmp_path / "flat").create()


def test_the_environment_chooses_the_home(tmp_path: Path) -> None:
    assert default_home({"FLATWATT_HOME": str(tmp_path)}) == tmp_path
    assert "flatwatt" in str(default_home({}))
    assert default_home({"FLATWATT_HOME": ""}) == default_home({})


def test_a_second_writer_is_refused_with_the_first_ones_number(tmp_path: Path) -> None:
    home = Home(tmp_path)
    assert not home.busy()
    with home.lock() as lock:
        assert lock.trouble is None
        assert home.busy()
        with pytest.raises(HomeBusyError, match=rf"process {os.getpid()}\) already writes"):
            home.lock()
    assert not home.busy()
    with home.lock() as again:
        again.close()
        again.close()


HOLDER = """
import sys
from pathlib import Path
from flatwatt.store.home import Home
with Home(Path(sys.argv[1])).lock():
    print("held", flush=True)
    sys.stdin.read()
"""


def test_a_killed_writer_leaves_the_home_free(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, tmp_path],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == "held\n"
        with pytest.raises(HomeBusyError, match=f"process {child.pid}"):
            Home(tmp_path).lock()
        child.kill()
        child.wait()
    Home(tmp_path).lock().close()


def test_a_home_that_is_missing_cannot_be_locked(tmp_path: Path) -> None:
    home = Home(tmp_path / "nowhere")
    with pytest.raises(StoreError, match="no such folder"):
        home.lock()
    assert not home.busy()
    assert not (tmp_path / "nowhere").exists()
