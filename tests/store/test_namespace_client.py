"""LanceDB without what its client of a namespace server declares."""

import subprocess
import sys
from pathlib import Path

SCRIPT = """
import sys
from itemvec.store.lance import connect
from itemvec.store.namespace_client import CLIENT
connect(sys.argv[1])
assert CLIENT + ".models" in sys.modules
assert CLIENT + ".api" not in sys.modules
from lance_namespace_urllib3_client import TableApi, models
from lance_namespace_urllib3_client.api.table_api import TableApi as same
assert TableApi is same
assert sys.modules[CLIENT].models is models is sys.modules[CLIENT + ".models"]
"""


def test_the_rest_of_the_client_waits_until_it_is_asked_for(tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-c", SCRIPT, str(tmp_path)], check=True)
