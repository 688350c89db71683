"""What the extras bring, imported only when it is needed."""

from importlib import import_module
from typing import Any

from flatwatt.errors import FleetError


def need(module: str, extra: str = "fleet") -> Any:  # noqa: ANN401 - a library without stubs
    """Return a library.

    Raises:
        FleetError: it is not installed; names the extra that brings it.
    """
    try:
        return import_module(module)
    except ImportError as error:
        raise FleetError(
            f"this needs {module.partition('.')[0]}, which is not installed here; "
            f"run: pip install 'flatwatt[{extra}]'"
        ) from error
