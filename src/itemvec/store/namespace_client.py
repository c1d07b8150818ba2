"""The client of a namespace server, which LanceDB imports: half a second for what nobody here calls."""

from __future__ import annotations

import sys
from importlib.util import find_spec, module_from_spec
from typing import Any

CLIENT = "lance_namespace_urllib3_client"


def defer_namespace_client() -> None:
    """Let the package wait until something of it is asked for; to be called before LanceDB is imported.

    LanceDB takes its models alone, but to import these runs the ``__init__`` of the package too, which declares every
    function that such a server has.
    """
    spec = None if CLIENT in sys.modules else find_spec(CLIENT)
    if spec is None or spec.loader is None:
        return
    client: Any = module_from_spec(spec)
    run = spec.loader.exec_module

    def first(name: str) -> Any:
        del client.__getattr__
        run(client)
        return getattr(client, name)

    client.__getattr__ = first  # what Python asks for a name that a module lacks (PEP 562)
    sys.modules[CLIENT] = client
