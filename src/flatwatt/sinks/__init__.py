"""Doors out: what a sink is, and what a display is given. One file or folder a channel."""

from decimal import Decimal
from typing import Protocol

from msgspec import Struct

from flatwatt.model import Snapshot


class LastEvent(Struct, frozen=True):
    """The newest thing that happened in the flat.

    Attributes:
        at_ms: when.
        name: of the appliance; any text.
        kind: as in `Event`: `device_started`, `device_finished`.
        energy_mwh, eur, duration_s: of the run, once it is over.
    """

    at_ms: int
    name: str
    kind: str
    energy_mwh: int | None = None
    eur: Decimal | None = None
    duration_s: int | None = None


class Extras(Struct, frozen=True):
    """What a display shows beside the snapshot; None where it is not known.

    Attributes:
        week_mwh, week_eur: since Monday, local midnight.
        standby_w, standby_eur_year: of all appliances when they do nothing.
        last_event: the newest.
    """

    week_mwh: int | None = None
    week_eur: Decimal | None = None
    standby_w: float | None = None
    standby_eur_year: Decimal | None = None
    last_event: LastEvent | None = None


class Display(Protocol):
    """Shows the flat as it is: the latest wins, anything before may be skipped."""

    @property
    def trouble(self) -> str | None:
        """Why nothing is shown, for a person; None while all is well."""
        ...

    def show(self, now: Snapshot, extras: Extras) -> None:
        """Show this from now on; never waits, never raises."""
        ...

    async def run(self) -> None:
        """Keep the display going until cancelled."""
        ...
