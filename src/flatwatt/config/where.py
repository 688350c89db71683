"""In which line of a TOML text a key stands; tomllib does not say."""

import re

_TABLE = re.compile(r"^\s*(\[\[?)\s*([^\]]+?)\s*\]\]?\s*(#.*)?$")
_KEY = re.compile(r"""^\s*(?:"([^"]+)"|'([^']+)'|([A-Za-z0-9_.-]+))\s*=""")


def line_of(text: str, path: tuple[str | int, ...]) -> int | None:
    """Return the line (from 1) of a key, else of the nearest table above it, else None.

    Args:
        text: the TOML document.
        path: such as `("tariff", 0, "rate_eur_kwh")` or `("plugs", "printer", "host")`.
    """
    for length in range(len(path), 0, -1):
        line = _places(text).get(path[:length])
        if line is not None:
            return line
    return None


def _places(text: str) -> dict[tuple[str | int, ...], int]:
    places: dict[tuple[str | int, ...], int] = {}
    table: tuple[str | int, ...] = ()
    counts: dict[str, int] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        if header := _TABLE.match(line):
            table = _table_path(header[1] == "[[", header[2], counts)
            places.setdefault(table, number)
            places.setdefault(table[:1], number)
        elif key := _KEY.match(line):
            name = key[1] or key[2] or key[3]
            places.setdefault((*table, *_parts(name)), number)
    return places


def _table_path(listed: bool, name: str, counts: dict[str, int]) -> tuple[str | int, ...]:  # noqa: FBT001 - private
    if not listed:
        return tuple(_parts(name))
    counts[name] = counts.get(name, -1) + 1
    return (*_parts(name), counts[name])


def _parts(name: str) -> list[str]:
    return [part.strip().strip("\"'") for part in name.split(".")]
