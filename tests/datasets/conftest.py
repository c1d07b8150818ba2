import threading
from collections.abc import Iterator

import pytest

from tests.datasets.file_server import BODY, Handler, Server


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    monkeypatch.setattr("itemvec.datasets.download.WAIT", 0)
    one = Server(("127.0.0.1", 0), Handler)
    one.files, one.cuts, one.asked = {"a": BODY}, [], []
    threading.Thread(target=one.serve_forever, args=(0.01,), daemon=True).start()
    yield one
    one.shutdown()
    one.server_close()
