"""Words of fleets: (German, English)."""

from typing import Final

FLEET_WORDS: Final[dict[str, tuple[str, str]]] = {
    "by_flat": ("Wohnung", "Flat"),
    "by_appliance": ("Gerät", "Appliance"),
    "by_day": ("Tag", "Day"),
    "by_tariff": ("EUR/kWh", "EUR/kWh"),
    "fleet_title": ("{flats} Wohnungen · {period}", "{flats} flats · {period}"),
    "no_rate": ("ohne Tarif", "no tariff"),
    "unpriced_kwh": ("ohne Tarif\nkWh", "no tariff\nkWh"),
    "missing_h": ("nicht gemessen\nh", "not measured\nh"),
    "fleet_absent": ("Nichts von {n}: {names}", "Nothing from {n}: {names}"),
    "fleet_partial": ("Unvollständig, {n}: {names}", "Incomplete, {n}: {names}"),
    "fleet_broken": (
        "Nicht mitgezählt, wird gerade geschickt oder ist beschädigt, {n}: {names}",
        "Left out, being sent just now or damaged, {n}: {names}",
    ),
    "fleet_differing": (
        "Stimmt nicht mit dem überein, was die Wohnung sagt, {n}: {names}",
        "Differs from what the flat says, {n}: {names}",
    ),
    "fleet_more": ("… und {} weitere (--json nennt alle)", "… and {} more (--json names all)"),
    "fleet_no_fees": ("Ohne Grundpreise.", "Without base fees."),
    "fleet_sent": (
        "Geschickt: {months} ({size}); unverändert: {same}. Diese Wohnung heißt dort {flat}.",
        "Sent: {months} ({size}); unchanged: {same}. This flat is called {flat} there.",
    ),
    "fleet_none": ("nichts", "nothing"),
    "fleet_loaded": (
        "Geladen: {months} Monate; unverändert: {same}.",
        "Loaded: {months} months; unchanged: {same}.",
    ),
}  # fmt: skip
