"""What the configuration may say."""

from datetime import date
from decimal import Decimal
from typing import Literal

from msgspec import Struct, field


class FlatTable(Struct, frozen=True, forbid_unknown_fields=True):
    """`[flat]`.

    Attributes:
        name: shown on pages and in messages.
        timezone: IANA name; days, weeks and months are its local ones.
        language: of what people read.
    """

    name: str = "Our flat"
    timezone: str = "Europe/Berlin"
    language: Literal["de", "en"] = "en"


class RecordTable(Struct, frozen=True, forbid_unknown_fields=True):
    """`[record]`.

    Attributes:
        sync_s: seconds between two forced writes to the disk; what a power cut can cost.
        keep_days: `flatwatt record prune` may delete older days; None keeps all for ever.
    """

    sync_s: float = 60.0
    keep_days: int | None = None


class ArchiveTable(Struct, frozen=True, forbid_unknown_fields=True):
    """`[archive]`: the columnar twin of the record, and what becomes of old CSV files.

    Attributes:
        csv: of days that are sealed and verified: keep them, compress them, or move them.
        after_days: only of days that are over for longer than this.
        folder: for `move`: where they go; relative to the home.
    """

    csv: Literal["keep", "gzip", "move"] = "keep"
    after_days: int = 90
    folder: str = ""


class DisplayTable(Struct, frozen=True, forbid_unknown_fields=True):
    """`[display]`: there is an LCD on the desk.

    Attributes:
        port: serial port; found by its USB ids where empty.
    """

    port: str = ""


class FleetTable(Struct, frozen=True, forbid_unknown_fields=True):
    """`[fleet]`: quarter-hours go to whoever looks after many flats.

    Attributes:
        to: folder they go to; mounted, or kept in step by Syncthing.
        flat: this flat's name there; made by chance where empty.
        detail: what leaves beside energy: nothing, kinds of appliances, or their ids.
    """

    to: str = ""
    flat: str = ""
    detail: Literal["flat", "kinds", "ids"] = "flat"


class TariffTable(Struct, frozen=True, forbid_unknown_fields=True):
    """One `[[tariff]]`: a contract from a day on.

    Attributes:
        valid_from: first local day.
        rate_eur_kwh: working price, EUR per kWh.
        base_fee_eur_month: Grundpreis, EUR per calendar month.
        name: of the supplier or contract.
    """

    valid_from: date
    rate_eur_kwh: Decimal
    base_fee_eur_month: Decimal = Decimal(0)
    name: str = ""


class PlugTable(Struct, frozen=True, kw_only=True):
    """One `[plugs.<id>]`: the plug and what is plugged in.

    Attributes:
        family: file name in flatwatt/plugs.
        appliance: kind of appliance, for the detector.
        name: for people; the id where empty.
        interval_s: seconds between two readings; the family's own where None.
        options: the family's own options, secrets merged in.
        secret_keys: which of the options came from secrets.toml or the environment.
    """

    family: str
    appliance: str = "other"
    name: str = ""
    interval_s: float | None = None
    options: dict[str, object] = field(default_factory=dict)
    secret_keys: frozenset[str] = frozenset()


class Config(Struct, frozen=True):
    """The whole configuration."""

    flat: FlatTable = FlatTable()
    record: RecordTable = RecordTable()
    display: DisplayTable | None = None
    archive: ArchiveTable | None = None
    fleet: FleetTable = FleetTable()
    tariff: tuple[TariffTable, ...] = ()
    plugs: dict[str, PlugTable] = field(default_factory=dict)
