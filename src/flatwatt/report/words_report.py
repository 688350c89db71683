"""Words of a period's groups, in German and English; part of `wording.WORDS`."""

REPORT_WORDS: dict[str, tuple[str, str]] = {
    "by_appliance": ("Gerät", "Appliance"),
    "by_day": ("Tag", "Day"),
    "by_week": ("Woche ab", "Week of"),
    "by_month": ("Monat", "Month"),
    "by_hour": ("Stunde", "Hour"),
    "by_tariff": ("Preis\nct/kWh", "Rate\nct/kWh"),
    "unknown_rate": ("unbekannt", "unknown"),
    "before_kwh": ("davor\nkWh", "before\nkWh"),
    "before_eur": ("davor\nEUR", "before\nEUR"),
    "change_percent": ("Änderung\n%", "Change\n%"),
    "share_percent": ("Anteil\n%", "Share\n%"),
}
