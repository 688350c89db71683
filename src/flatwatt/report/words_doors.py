"""Words of imports and questions: (German, English)."""

from typing import Final

DOOR_WORDS: Final[dict[str, tuple[str, str]]] = {
    "told_imported": ("Messwerte übernommen", "measurements imported"),
    "import_found": ("In den Dateien", "In the files"),
    "import_gaps": ("Lücken darin", "Gaps in them"),
    "import_longest": ("längste", "longest"),
    "import_there": ("Schon übernommen", "Imported before"),
    "import_covered": ("Schon selbst gemessen", "Measured here already"),
    "import_new": ("Neu", "New"),
    "import_bad": ("Zeilen zählen nicht:", "rows do not count:"),
    "import_nothing": ("Nichts Neues; es bleibt alles, wie es ist.",
                       "Nothing new; everything stays as it is."),
    "import_dry": ("Noch nichts geschrieben; mit --yes wird es übernommen.",
                   "Nothing is written yet; --yes takes it in."),
    "import_writing": ("Übernehme", "Taking in"),
    "import_done": ("Zeilen übernommen.", "rows taken in."),
    "sql_more": ("Zeilen gezeigt; --limit 0 zeigt alle.", "rows shown; --limit 0 shows all."),
    "sql_none": ("Keine Zeilen.", "No rows."),
}  # fmt: skip
