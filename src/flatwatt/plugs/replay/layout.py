"""What the columns of a recording mean, as its header says."""

from dataclasses import dataclass

from flatwatt.errors import PlugNonsense

_TIME = ("ts_ms", "time_ms", "time", "timestamp", "ts")
_POWER = ("power_w", "power", "watts", "w")
_ENERGY = ("energy_wh", "energy_kwh")
_VOLTAGE = ("voltage_v", "voltage")
_TRACE = (["ts_ms", "power_w"], ["ts_ms", "power_w", "energy_wh"])


@dataclass(frozen=True, slots=True)
class Layout:
    """Where a row keeps what; -1 where it does not say.

    Attributes:
        header: the header line itself.
        names: the columns, lower case.
        delimiter: between cells; other than a comma, numbers may have a decimal comma.
        trace: whether it is `ts_ms,power_w[,energy_wh]` and nothing else.
        time, utc_offset, power, energy, voltage, flags, appliance, plug, crc32: columns.
    """

    header: str
    names: tuple[str, ...]
    delimiter: str
    trace: bool
    time: int
    utc_offset: int
    power: int
    energy: int
    voltage: int
    flags: int
    appliance: int
    plug: int
    crc32: int


def layout_of(header: str, file: str, line: int) -> Layout:
    """Read a header line.

    Args:
        header: the line.
        file: name of the file, for messages.
        line: number of the line, for messages.

    Raises:
        PlugNonsense: no column of time or power, or one named twice.
    """
    delimiter = max(",;\t", key=header.count)
    names = [cell.strip().strip('"').strip().lower() for cell in header.split(delimiter)]
    time, power = _first(names, _TIME), _first(names, _POWER)
    for column, kind, known in ((time, "time", _TIME), (power, "power", _POWER)):
        if column < 0:
            raise PlugNonsense(
                f"{file}: line {line}: no column of {kind} among {header.strip()[:120]!r}; "
                f"name one of them {' or '.join(known)} in the first line"
            )
    twice = [name for name in names if name and names.count(name) > 1]
    if twice:
        raise PlugNonsense(f"{file}: line {line}: two columns are named {twice[0]!r}; rename one")
    return Layout(
        header=header,
        names=tuple(names),
        delimiter=delimiter,
        trace=names in _TRACE and delimiter == ",",
        time=time,
        power=power,
        energy=_first(names, _ENERGY),
        voltage=_first(names, _VOLTAGE),
        utc_offset=_first(names, ("utc_offset",)),
        flags=_first(names, ("flags",)),
        appliance=_first(names, ("appliance",)),
        plug=_first(names, ("plug",)),
        crc32=_first(names, ("crc32",)),
    )


def _first(names: list[str], known: tuple[str, ...]) -> int:
    for name in known:
        if name in names:
            return names.index(name)
    return -1
