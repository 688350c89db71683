"""Tables as Markdown that also line up in a terminal."""

from collections.abc import Mapping, Sequence


def laid_out(heads: Sequence[str], rows: Mapping[str, Sequence[str]], cell: int = 8) -> str:
    """Return a table: a row a name, in the order given; cells to the right."""
    width = max(map(len, rows), default=0)
    lines = [f"| {'':{width}} | " + " | ".join(f"{head:>{cell}}" for head in heads) + " |"]
    lines.append(f"|{'-' * (width + 2)}|" + "|".join(f"{'-' * (cell + 1)}:" for _ in heads) + "|")
    for name, cells in rows.items():
        lines.append(f"| {name:{width}} | " + " | ".join(f"{one:>{cell}}" for one in cells) + " |")
    return "\n".join(lines)
