"""How readings lie in a Parquet file of the twin, and the SQL that writes and restores them.

| column | Parquet | what |
|---|---|---|
| day | DATE | local day of the file it came from |
| at_ms | INT64 | Unix time |
| appliance, plug | STRING | ids |
| turn | INT32 | how often this plug's time had stood still or gone back this day; 0 as a rule |
| power | FLOAT | whole number: power_w times 10^power_digits |
| energy | INT64 | energy_wh times 10^energy_digits |
| voltage_step | FLOAT | whole number: difference to the plug's voltage before, plus 192 |
| *_digits | INT32 | decimals, one value a plug and day |
| flags | INT32 | `Flag` |
| power_odd, energy_odd, voltage_odd | DOUBLE | what does not fit into whole numbers, else NULL |

Sorted by appliance, plug, day, turn, at_ms: that is the order in which each plug was
heard, and unique. Nothing is rounded: `restored` gives back the very doubles of the CSV.

Why floats that are whole numbers: Parquet splits FLOAT into byte streams (every engine
reads that), so a small step has all its information in one byte, which zstd codes close to its
entropy. Bit-packed integers are no bytes, and zstd gains nothing on them (voltage: 0.62
bytes a reading packed, 0.48 so). 192 keeps steps from -64 to 63 at one exponent, hence in
one byte. The counter is kept whole: its packed differences are small beside the rest, and
questions need it at the edges of quarter-hours.
"""

from string import Template

from flatwatt.model import Flag

MOST_DIGITS = 6
BIAS = 192
_FLOAT_WHOLE = 2**24
_LONG_WHOLE = 2**53
POWERS = "([1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6])"
ORDER = "appliance, plug, day, turn, at_ms"
STORED = (
    "day, at_ms, appliance, plug, turn, power, energy, voltage_step, power_digits, "
    "energy_digits, voltage_digits, flags, power_odd, energy_odd, voltage_odd"
)
ROW_GROUP = 491_520
LEVEL = 16
DICTIONARY = 16
"""Columns of fewer different values get one: ids, which questions then group twice as fast.
Measured values have more, and would only lose by it."""
FORMAT = (
    f"FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL {LEVEL}, PARQUET_VERSION v2, "
    f"DICTIONARY_SIZE_LIMIT {DICTIONARY}, ROW_GROUP_SIZE {ROW_GROUP}"
)


def fill(sql: str, **parts: object) -> str:
    """Return an SQL text with its `$parts` filled in; all are ours or quoted."""
    return Template(sql).substitute({key: str(value) for key, value in parts.items()})


_FLAG_SUM = " + ".join(
    f"CASE WHEN '|' || flags || '|' LIKE '%|{flag.name.lower()}|%' THEN {int(flag)} ELSE 0 END"
    for flag in Flag
    if flag.name
)

_CSV = """
SELECT
    epoch_ms("time") - 1000 * (CASE WHEN utc_offset[1] = '-' THEN -1 ELSE 1 END) * (
        3600 * utc_offset[2:3]::INT + 60 * utc_offset[5:6]::INT
        + coalesce(TRY_CAST(utc_offset[8:9] AS INT), 0)) AS at_ms,
    appliance, plug, power_w, energy_wh, voltage_v, coalesce($flags, 0)::INT AS flags
FROM read_csv($files, header = $header, auto_detect = false, delim = ',', quote = '',
    escape = '', nullstr = '', columns = {'time': 'TIMESTAMP', 'utc_offset': 'VARCHAR',
    'appliance': 'VARCHAR', 'plug': 'VARCHAR', 'power_w': 'DOUBLE', 'energy_wh': 'DOUBLE',
    'voltage_v': 'DOUBLE', 'flags': 'VARCHAR', 'crc32': 'VARCHAR'})
"""


def csv_rows(files: str, *, header: bool) -> str:
    """Return the SELECT of sound CSV files in the order of their lines.

    Args:
        files: an SQL list of paths.
        header: whether each begins with the names of the columns.
    """
    return fill(_CSV, files=files, header=str(header).lower(), flags=_FLAG_SUM)


HEARD = "CREATE TEMP TABLE heard AS SELECT row_number() OVER () AS nr, r.* FROM ($csv) r"


def _fit(value: str, most: int) -> str:
    """Return the fewest decimals that hold a value exactly; -1 where none do."""
    tries = "".join(
        f" WHEN abs({value}) * 1e{digits} < {most} AND "
        f"round({value} * 1e{digits}) / 1e{digits} = {value} THEN {digits}"
        for digits in range(MOST_DIGITS + 1)
    )
    return f"CASE WHEN {value} IS NULL THEN 0{tries} ELSE -1 END"


def _whole(value: str, digits: str, most: int) -> str:
    scaled = f"{value} * {POWERS}[{digits} + 1]"
    return (
        f"CASE WHEN abs({scaled}) < {most} AND "
        f"round({scaled}) / {POWERS}[{digits} + 1] = {value} "
        f"THEN round({scaled})::BIGINT END"
    )


_FILE = """
WITH digits AS (
    SELECT appliance, plug, greatest(0, max($fit_power)) AS power_digits,
        greatest(0, max($fit_energy)) AS energy_digits,
        greatest(0, max($fit_voltage)) AS voltage_digits
    FROM heard GROUP BY ALL
), whole AS (
    SELECT heard.*, power_digits, energy_digits, voltage_digits, $power AS power,
        $energy AS energy, $voltage AS voltage,
        at_ms <= lag(at_ms) OVER by_plug AS back
    FROM heard JOIN digits USING (appliance, plug)
    WINDOW by_plug AS (PARTITION BY appliance, plug ORDER BY nr)
)
SELECT DATE $day AS day, at_ms, appliance, plug,
    coalesce(sum(back::INT) OVER upto, 0)::INT AS turn,
    power::FLOAT AS power, energy,
    ($bias + voltage - coalesce(lag(voltage) OVER among_known, 0))::FLOAT AS voltage_step,
    power_digits::INT AS power_digits, energy_digits::INT AS energy_digits,
    voltage_digits::INT AS voltage_digits, flags,
    CASE WHEN power IS NULL THEN power_w END AS power_odd,
    CASE WHEN energy IS NULL THEN energy_wh END AS energy_odd,
    CASE WHEN voltage IS NULL THEN voltage_v END AS voltage_odd
FROM whole
WINDOW upto AS (PARTITION BY appliance, plug ORDER BY nr ROWS UNBOUNDED PRECEDING),
    among_known AS (PARTITION BY appliance, plug, voltage IS NULL ORDER BY nr)
ORDER BY $order
"""


def file_rows(day: str) -> str:
    """Return the SELECT that lays the table `heard` out as a file's rows.

    Args:
        day: a quoted ISO date.
    """
    return fill(
        _FILE, day=day, order=ORDER, bias=BIAS,
        fit_power=_fit("power_w", _FLOAT_WHOLE), fit_energy=_fit("energy_wh", _LONG_WHOLE),
        fit_voltage=_fit("voltage_v", _FLOAT_WHOLE // 4),
        power=_whole("power_w", "power_digits", _FLOAT_WHOLE),
        energy=_whole("energy_wh", "energy_digits", _LONG_WHOLE),
        voltage=_whole("voltage_v", "voltage_digits", _FLOAT_WHOLE // 4),
    )  # fmt: skip


_RESTORED = """
SELECT day, at_ms, appliance, plug, turn,
    coalesce(power_odd, power::DOUBLE / $powers[power_digits + 1]) AS power_w,
    coalesce(energy_odd, energy::DOUBLE / $powers[energy_digits + 1]) AS energy_wh,
    $voltage AS voltage_v, flags
FROM $source
"""
_VOLTAGE = """coalesce(voltage_odd, CASE WHEN voltage_step IS NOT NULL THEN
        (sum(voltage_step::BIGINT - $bias) OVER (PARTITION BY appliance, plug, day
            ORDER BY turn, at_ms))::DOUBLE / $powers[voltage_digits + 1] END)"""


def restored(source: str, *, voltage: bool = True) -> str:
    """Return the SELECT of readings as the CSV had them.

    Args:
        source: what stands behind FROM and has a file's columns.
        voltage: without it the column is NULL and nothing need be sorted.
    """
    text = fill(_VOLTAGE, bias=BIAS, powers=POWERS) if voltage else "NULL::DOUBLE"
    return fill(_RESTORED, source=source, powers=POWERS, voltage=text)
