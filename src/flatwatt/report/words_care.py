"""Words of `status`, of the disk's room and of what is kept how long, in German and English."""

CARE_WORDS: dict[str, tuple[str, str]] = {
    "room_low": ("Platte bald voll", "disk nearly full"),
    "room_short": ("Platte fast voll", "disk almost full"),
    "room_free": ("frei", "free"),
    "room_until": ("so reicht es bis", "at this rate until"),
    "room_remedy": (
        "Platz schaffen, oder sehen, was wie viel belegt: flatwatt status",
        "Free some space, or see what takes it: flatwatt status",
    ),
    "care_collector": ("Aufzeichnung", "Recording"),
    "care_runs": ("läuft (Prozess {pid})", "going on (process {pid})"),
    "care_runs_not": (
        "läuft nicht; starten mit: flatwatt run",
        "nobody is recording; start with: flatwatt run",
    ),
    "care_heard": ("Zuletzt gehört", "Last heard"),
    "care_ago": ("vor {span}", "{span} ago"),
    "care_never": ("noch nie", "never yet"),
    "care_record": ("Aufzeichnung auf der Platte", "Record on the disk"),
    "care_days": ("{days} Tage, {first} bis {last}", "{days} days, {first} to {last}"),
    "care_rows": (
        "{rows} Messungen am Tag, {size} Bytes je Messung",
        "{rows} readings a day, {size} bytes a reading",
    ),
    "care_derived": ("Abgeleitet", "Derived"),
    "care_kept": ("Behalten statt Aufzeichnung", "Kept instead of the record"),
    "care_kept_days": ("{days} Tage", "{days} days"),
    "care_state": ("Nicht ableitbar", "Cannot be derived"),
    "care_disk": ("Platte", "Disk"),
    "care_lasts": (
        "reicht so {days} Tage, bis {until}",
        "lasts {days} days at this rate, until {until}",
    ),
    "care_lasts_long": ("reicht so über 100 Jahre", "lasts more than 100 years at this rate"),
    "care_least": (
        "{days} Tage, wenn alle wie der vollste wären",
        "{days} days if all were as the fullest",
    ),
    "care_weak": (
        "geschätzt aus erst {known} ganzen Tagen",
        "estimated from only {known} whole days",
    ),
    "care_unknown": (
        "wie lange sie reicht, zeigt sich nach dem ersten ganzen Tag",
        "how long it lasts shows after the first whole day",
    ),
    "care_policy": ("Aufbewahrung", "Kept for"),
    "care_for_ever": ("für immer", "ever"),
    "care_keep_days": (
        "{days} Tage; {over} Tage sind älter: flatwatt record prune",
        "{days} days; {over} days are older: flatwatt record prune",
    ),
    "care_damaged": ("Schadhafte Zeilen", "Damaged rows"),
    "care_damaged_in": ("{rows} in {days} gelesenen Tagen", "{rows} in the {days} days read"),
    "care_all_days": ("{rows} in der ganzen Aufzeichnung", "{rows} in the whole record"),
    "care_gaps": ("Lücken, {days} Tage", "Gaps, {days} days"),
    "care_none": ("keine", "none"),
    "care_drift": ("Zähler gegen Leistung", "Counter against power"),
    "care_checkpoint": ("Stand gesichert", "Checkpoint"),
    "care_versions": ("Versionen", "Versions"),
    "care_look": ("Bitte ansehen", "Please look at"),
    "care_fine": ("Alles in Ordnung.", "All is well."),
    "care_silent": ("{name}: seit {span} nichts gehört", "{name}: nothing heard for {span}"),
    "care_drifts": (
        "{name}: der Zähler weicht um {percent} % von der Leistung ab",
        "{name}: the counter differs from the power by {percent} %",
    ),
    "care_bad_rows": (
        "{rows} schadhafte Zeilen in der Aufzeichnung, zuerst {first}",
        "{rows} damaged rows in the record, first {first}",
    ),
    "prune_nothing": (
        "Nichts in der Aufzeichnung ist älter als {days} Tage.",
        "Nothing in the record is older than {days} days.",
    ),
    "prune_plan": (
        "{count} Tage, {first} bis {last}: {size}. Viertelstunden und Läufe bleiben.",
        "{count} days, {first} to {last}: {size}. Quarter-hours and runs stay.",
    ),
    "prune_dry": (
        "Nichts gelöscht. Löschen: flatwatt record prune --yes",
        "Nothing was deleted. To delete: flatwatt record prune --yes",
    ),
    "prune_done": ("Gelöscht: {count} Tage, {size}.", "Deleted {count} days, {size}."),
}  # fmt: skip
