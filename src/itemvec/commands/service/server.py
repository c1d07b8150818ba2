"""The supervisor of the workers: uvicorn's, which starts another worker where one has died."""

from __future__ import annotations

import os
import signal
import socket
import sys
from collections.abc import Callable
from pathlib import Path

import uvicorn
from uvicorn.supervisors.multiprocess import Multiprocess, Process

from itemvec.commands.service.counters import CODES, PATHS, total
from itemvec.commands.service.factory import FAILED, Factory
from itemvec.commands.service.settings import GRACE, Settings
from itemvec.core.errors import ItemvecError
from itemvec.core.temporary import TemporaryFolder


class Config(uvicorn.Config):
    """Ends a worker that has stopped by a signal as one that has finished, so that nothing of it is left behind."""

    def configure_logging(self) -> None:
        """The first that uvicorn calls in a worker, before it handles signals itself."""
        super().configure_logging()
        if os.getppid() == getattr(self.app, "settings").parent:  # noqa: B009  (uvicorn says that it is a function)
            signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))


class Supervisor(Multiprocess):
    """Says when all workers are ready."""

    def __init__(self, config: uvicorn.Config, sockets: list[socket.socket], ready: Callable[[], None]) -> None:
        super().__init__(config, sockets)
        self._ready = ready

    def init_processes(self) -> None:
        """Start the workers and wait for them, or for a signal."""
        super().init_processes()
        for process in self.processes:
            while process.process.is_alive() and not process.wait_until_ready(1):
                self.handle_signals()
                if self.should_exit.is_set():
                    return
        if all(process.process.is_alive() for process in self.processes):
            self._ready()

    def keep_subprocess_alive(self) -> None:
        """Start another worker where one has died.

        uvicorn also asks each worker whether it lives, and waits: for one that is killed at that moment, in vain, while
        nothing is started and no signal is heard.
        """
        for place, process in enumerate(self.processes):
            if process.process.is_alive() or self.should_exit.is_set():
                continue
            process.join()
            if process.exitcode == FAILED:
                self.should_exit.set()
                return
            self.processes[place] = Process(self.config, self.sockets)
            self.processes[place].start()

    @property
    def failed(self) -> bool:
        """Whether a worker could not start, and has said why."""
        return any(process.exitcode == FAILED for process in self.processes)


def serve(
    folders: dict[str, Path],
    host: str,
    port: int,
    workers: int,
    token: str,
    interactions: Path | None,
    ready: Callable[[str], None],
) -> tuple[int, int]:
    """Serve until a signal; return how many requests were answered, and how many of them with an error.

    Parameters
    ----------
    ready
        Called with the address once all workers answer.

    Raises
    ------
    ItemvecError
        The port is taken, or a worker could not start.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with TemporaryFolder() as work, socket.socket(family) as bound:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            bound.bind((host, port))
        except OSError as error:
            raise ItemvecError(f"serve: {host}:{port}: {error.strerror}; name another --port or --host") from None
        bound.set_inheritable(True)
        settings = Settings(folders, Path(work), workers, os.getpid(), token, interactions)
        config = Config(
            Factory(settings),
            factory=True,
            workers=workers,
            log_level="warning",
            access_log=False,
            server_header=False,
            proxy_headers=False,
            timeout_graceful_shutdown=int(GRACE),
        )
        shown = f"[{host}]" if ":" in host else host
        supervisor = Supervisor(config, [bound], lambda: ready(f"http://{shown}:{bound.getsockname()[1]}"))
        wakeup = signal.set_wakeup_fd(
            -1
        )  # the end is the supervisor's: a busy machine may take long to answer the last
        try:
            supervisor.run()
        finally:
            signal.set_wakeup_fd(wakeup)
        if supervisor.failed:
            raise ItemvecError("serve: a worker could not start; the line above says why")
        found = total(Path(work))
        answers = {code: sum(found[path, code] for path in PATHS) for code in CODES}
        return int(sum(answers.values())), int(sum(number for code, number in answers.items() if code >= 500))
