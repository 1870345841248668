"""JupyterLab for the learner: in their copies, in their language, on this machine only.

What JupyterLab keeps for the course (settings, workspace, log) lies beside the learner's copies
in ``.jupyterlab/<lang>/``; the learner's own settings go before these and stay as they are.

Where a JupyterLab runs already, as on a hub, `lay` gives a learner their copies and `set_up_hub`,
once for all learners, what the course adds to JupyterLab.
"""

import hashlib
import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
import webbrowser
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

from jupyter_core.paths import jupyter_runtime_dir

from helpers import __version__
from helpers.course.doctor import PORT, shadow_problem
from helpers.course.home import lay_home
from helpers.course.navigation import HOME
from helpers.course.shadows import shadows
from helpers.course.source import lesson_paths
from helpers.course.stops import STARTUP
from helpers.course.work import in_words, lay_out
from helpers.notice import notice_if_slow
from helpers.paths import IS_CHECKOUT, ROOT, WORK, claim, written_whole
from helpers.reader import say

HOST = "127.0.0.1"
START_SECONDS = 120
STOP_SECONDS = 15
AUTOSAVE_SECONDS = 15
LEFT_SECONDS = 20 * 60  # a learner who goes back to a lesson soon finds it as it was
_LOCALE = {"en": "en", "ko": "ko_KR"}


def lab(lang: str, lesson: str | None = None, *, port: int = PORT, browser: bool = True) -> int:
    """Lay out the learner's copies, open a lesson in JupyterLab and stay until it ends.

    Parameters
    ----------
    lang : str
        ``"en"`` or ``"ko"``: the copies that are opened and the language of JupyterLab.
    lesson : str, optional
        The lesson to open, by number or by name; the home page if omitted, and in a checkout
        lesson 00 the first time.
    port : int
        Where to listen; if it is taken, the next free one.
    browser : bool
        Open a browser, where there is one.

    Returns
    -------
    int
        The exit code: 0 after Ctrl-C or File > Shut Down, else that of JupyterLab.

    Raises
    ------
    ValueError
        If there is no such lesson, or something else is in the way of the learner's folder.
    """
    folder = WORK / lang
    notebook = _opened(folder, lesson)
    _lay(lang)
    token = secrets.token_hex(24)
    state = WORK / ".jupyterlab" / lang
    log = state / "log.txt"
    _write_settings(state, lang)
    _write_extension(state, lang)
    _write_kernel(state)
    _let_every_end_be_ctrl_c()
    with log.open("w", encoding="utf-8") as output:
        server = subprocess.Popen(
            _command(folder, notebook, port, state, browser=browser and _has_browser()),
            env=_environment(state, token),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            process_group=0,  # Ctrl-C comes to us alone, and we end it in good order
        )
    try:
        with notice_if_slow(en="JupyterLab is starting ...", ko="주피터랩을 시작하고 있습니다 ..."):
            root = _root(server, token)
        if root:
            if urlsplit(root).port != port:
                _say_taken(port)
            _announce(f"{root}lab/tree/{notebook}?token={token}", folder)
        code = server.wait()
    except KeyboardInterrupt:
        code = 0
    finally:
        _end(server)
    _say_goodbye(code, folder, log)
    return code


def lay(lang: str, lesson: str | None = None) -> int:
    """Lay out the learner's copies for a JupyterLab that runs already, and say what to open there.

    Parameters
    ----------
    lang : str
        ``"en"`` or ``"ko"``.
    lesson : str, optional
        The lesson to open, by number or by name; the home page if omitted.

    Returns
    -------
    int
        The exit code: 0.

    Raises
    ------
    ValueError
        If there is no such lesson, or something else is in the way of the learner's folder.
    """
    folder = WORK / lang
    notebook = _opened(folder, lesson or HOME)
    _lay(lang)
    shown = _shown(folder / notebook)
    print(
        say(
            en=f"Open {shown} in JupyterLab's file browser, on the left.",
            ko=f"JupyterLab 왼쪽의 파일 브라우저에서 {shown} 파일을 여세요.",
        )
    )
    return 0


def is_on_a_hub() -> bool:
    """Return whether a JupyterHub has started what we run in: its JupyterLab is there already."""
    return "JUPYTERHUB_SERVICE_PREFIX" in os.environ


def set_up_hub(lang: str, prefix: Path | None = None) -> Path:
    """Give the JupyterLab of an environment the course's kernel, extension and settings.

    It is for an environment in which everyone takes the course: on a hub, in a container.

    Parameters
    ----------
    lang : str
        ``"en"`` or ``"ko"``: the language of JupyterLab. The notebooks are in their own.
    prefix : Path, optional
        The environment; this Python's if omitted.

    Returns
    -------
    Path
        Where Jupyter's files of the environment are.

    Raises
    ------
    OSError
        If they cannot be written.
    """
    share = (prefix or Path(sys.prefix)) / "share" / "jupyter"
    _write_settings(share / "lab", lang)
    _write_extension(share, lang)
    _write_kernel(share)
    return share


def _lay(lang: str) -> None:
    """Lay out the learner's copies and their home page, and say what is new."""
    os.environ["COURSE_LANG"] = lang  # for what is said here and in the kernels
    folder = WORK / lang
    is_first = claim(WORK)
    news = lay_out(lang)
    if is_first:
        print(
            say(
                en=f"Your copies of the lessons are in {folder}.",
                ko=f"수업 사본을 {folder} 폴더에 만들었습니다.",
            )
        )
    for line in in_words(news):
        print(line)
    lay_home(lang, news)
    for path in shadows(folder):
        print(shadow_problem(path), file=sys.stderr)


def _opened(folder: Path, lesson: str | None) -> str:
    """Return the name of the notebook to open in the folder of the learner's copies.

    The first time it is lesson 00 in a checkout, whose README has shown all lessons.
    """
    if lesson == HOME or (lesson is None and (not IS_CHECKOUT or (folder / HOME).exists())):
        return HOME
    return f"{lesson_paths([lesson or '00'])[0].stem}.ipynb"


def _let_every_end_be_ctrl_c() -> None:
    """Let a closed terminal and a `kill` end JupyterLab as Ctrl-C does.

    Ctrl-C is named too: a shell lets what it starts in the background ignore it.
    """
    ends = [signal.SIGINT, signal.SIGTERM]
    if hasattr(signal, "SIGHUP") and signal.getsignal(signal.SIGHUP) != signal.SIG_IGN:
        ends.append(signal.SIGHUP)  # `nohup` has it ignored, and means it
    for end in ends:
        signal.signal(end, signal.default_int_handler)


def _write_settings(state: Path, lang: str) -> None:
    """Write the course's settings, which the learner's own go before."""
    overrides = {
        "@jupyterlab/translation-extension:plugin": {"locale": _LOCALE[lang]},
        "@jupyterlab/apputils-extension:notification": {
            "fetchNews": "false",
            "checkForUpdates": False,
        },
        # Keep every cell in the page, so that the browser's own search finds it.
        "@jupyterlab/notebook-extension:tracker": {"windowingMode": "none"},
        # A drawing, the choices of a quiz: they come back with the page.
        "@jupyter-widgets/jupyterlab-manager:plugin": {"saveState": True},
        "@jupyterlab/docmanager-extension:plugin": {"autosaveInterval": AUTOSAVE_SECONDS},
    }
    _write_json(overrides, state / "settings" / "overrides.json")


def _write_extension(state: Path, lang: str) -> None:
    """Write our extension of JupyterLab, which finds it by its environment."""
    folder = state / "labextensions" / "annyeong"
    parts = [Path(__file__).with_name(name) for name in ("lab.js", "widgets.css")]
    edition = hashlib.sha256(b"".join(path.read_bytes() for path in parts)).hexdigest()[:12]
    for path in parts:
        with written_whole(folder / path.name) as temporary:
            temporary.write_bytes(path.read_bytes())
    load = f"lab.js?lang={lang}&edition={edition}"  # a browser keeps no older edition
    package = {
        "name": "annyeong",
        "version": __version__,
        "jupyterlab": {"_build": {"load": load, "extension": "./extension"}},
    }
    _write_json(package, folder / "package.json")


def _write_kernel(state: Path) -> None:
    """Write which Python the notebooks run in: this one, its libraries' logs kept off the page.

    TensorFlow logs past Python, to the process itself; a notebook would show it in red.
    """
    kernel = {
        "argv": [
            sys.executable,
            "-P",  # no file of the learner's goes before a package; `stops.install` adds theirs
            *("-m", "ipykernel_launcher", "-f", "{connection_file}"),
            "--IPKernelApp.capture_fd_output=False",
            f"--IPKernelApp.exec_lines={STARTUP}",
        ],
        "display_name": "Python 3",
        "language": "python",
        "metadata": {"debugger": True},
    }
    _write_json(kernel, state / "kernels" / "python3" / "kernel.json")


def _write_json(content: dict, path: Path) -> None:
    with written_whole(path) as temporary:
        temporary.write_text(json.dumps(content, indent=1), encoding="utf-8")


def _command(folder: Path, notebook: str, port: int, state: Path, *, browser: bool) -> list[str]:
    options = {
        "ServerApp.ip": HOST,
        "ServerApp.port": port,
        "ServerApp.root_dir": folder,
        "ServerApp.answer_yes": True,
        "ServerApp.open_browser": browser,
        "LabApp.open_browser": browser,
        "LabApp.default_url": f"/lab/tree/{notebook}",
        "LabApp.app_settings_dir": state / "settings",
        "LabApp.workspaces_dir": state / "workspaces",
        # The kernels of notebooks that were closed; those of open ones go on.
        "MappingKernelManager.cull_idle_timeout": LEFT_SECONDS,
        "MappingKernelManager.cull_interval": 60,
    }
    if os.name == "posix":
        # Without our terminal as its own, JupyterLab would start login shells, and these set a
        # PATH on which `annyeong` is not.
        shell = os.environ.get("SHELL") or "/bin/sh"
        options["ServerApp.terminado_settings"] = f"shell_command={shell}"
    command = [sys.executable, "-P", "-m", "jupyterlab"]  # not a learner's own random.py
    command += [f"--{name}={value}" for name, value in options.items()]
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        command.append("--allow-root")
    return command


def _environment(state: Path, token: str) -> dict[str, str]:
    """Return JupyterLab's environment: our kernel and commands before others, and the token.

    On the command line other users of the machine could read the token.
    """
    path = os.pathsep.join([str(state), *filter(None, [os.environ.get("JUPYTER_PATH")])])
    commands = [str(Path(sys.executable).parent), *filter(None, [os.environ.get("PATH")])]
    return {
        **os.environ,
        "JUPYTER_PATH": path,
        "JUPYTER_TOKEN": token,
        "PATH": os.pathsep.join(commands),  # `annyeong` in a terminal of the lab
    }


def _has_browser() -> bool:
    """Return whether a window can open: a text browser would take over the terminal."""
    if sys.platform == "linux" and not {"DISPLAY", "WAYLAND_DISPLAY"} & os.environ.keys():
        return False
    try:
        webbrowser.get()
    except webbrowser.Error:
        return False
    return True


def _root(server: subprocess.Popen, token: str) -> str | None:
    """Wait until JupyterLab listens, and return its address; None if it ends instead.

    The learner's own configuration may have given it a certificate and a path (`base_url`).
    """
    deadline = time.monotonic() + START_SECONDS
    while server.poll() is None and time.monotonic() < deadline:
        for path in Path(jupyter_runtime_dir()).glob("jpserver-*.json"):
            with suppress(OSError, ValueError):  # gone again, or not yet whole
                running = json.loads(path.read_text(encoding="utf-8"))
                if running["token"] == token and _answers(running["port"]):
                    scheme = "https" if running["secure"] else "http"
                    return f"{scheme}://{HOST}:{running['port']}{running['base_url']}"
        time.sleep(0.1)
    return None


def _answers(port: int) -> bool:
    """Return whether somebody listens there: JupyterLab names its port a moment before."""
    with socket.socket() as probe:
        return probe.connect_ex((HOST, port)) == 0


def _say_taken(port: int) -> None:
    print(
        say(
            en=f"Port {port} is taken, so JupyterLab uses the next free one.",
            ko=f"{port}번 포트는 이미 쓰고 있어서 다음 빈 포트를 씁니다.",
        ),
        file=sys.stderr,
    )


def _announce(address: str, folder: Path) -> None:
    shown = _shown(folder)
    print(
        say(
            en=f"JupyterLab is open at\n\n    {address}\n\n"
            f"Your work is kept in {shown}. Stop with Ctrl-C.",
            ko=f"JupyterLab 주소입니다.\n\n    {address}\n\n"
            f"작업한 내용은 {shown} 폴더에 저장됩니다. 끝내려면 Ctrl-C를 누르세요.",
        ),
        flush=True,
    )


def _end(server: subprocess.Popen) -> None:
    """End JupyterLab and its kernels, in good order if it can be."""
    if os.name == "posix":  # on Windows Ctrl-C has reached it, and `terminate` would kill it
        server.terminate()
    try:
        server.wait(timeout=STOP_SECONDS)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()


def _say_goodbye(code: int, folder: Path, log: Path) -> None:
    if code == 0:
        shown = _shown(folder)
        print(
            say(
                en=f"\nJupyterLab has stopped; your work is in {shown}.",
                ko=f"\nJupyterLab을 끝냈습니다. 작업한 내용은 {shown} 폴더에 있습니다.",
            )
        )
        return
    print(
        say(
            en=f"JupyterLab has failed; see {_shown(log)}. `annyeong doctor` may find out why.",
            ko=f"JupyterLab이 오류로 멈췄습니다. {_shown(log)} 파일을 보거나 "
            "`annyeong doctor`로 원인을 찾아보세요.",
        ),
        file=sys.stderr,
    )


def _shown(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()
