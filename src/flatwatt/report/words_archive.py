"""Words of the archive: (German, English)."""

from typing import Final

ARCHIVE_WORDS: Final[dict[str, tuple[str, str]]] = {
    "archive": ("Archiv", "Archive"),
    "archive_month": ("Monat", "Month"),
    "archive_days": ("Tage", "Days"),
    "archive_readings": ("Messungen", "Readings"),
    "archive_csv": ("CSV\nMB", "CSV\nMB"),
    "archive_sealed": ("Archiv\nMB", "Archive\nMB"),
    "archive_each": ("Byte je\nMessung", "Bytes a\nreading"),
    "archive_bad": ("Schlechte\nZeilen", "Bad\nlines"),
    "archive_empty": ("Noch nichts archiviert.", "Nothing is archived yet."),
    "archive_waiting": ("Offen: {n} ({first} … {last}): flatwatt archive rebuild --missing",
                        "Waiting: {n} ({first} … {last}): flatwatt archive rebuild --missing"),
    "archive_csv_keep": ("CSV-Dateien bleiben, wie sie sind.", "CSV files stay as they are."),
    "archive_csv_gzip": ("CSV-Dateien werden nach {n} Tagen komprimiert.",
                         "CSV files are compressed after {n} days."),
    "archive_csv_move": ("CSV-Dateien werden nach {n} Tagen verschoben nach {folder}.",
                         "CSV files are moved after {n} days to {folder}."),
    "archive_due": ("Tage, die jetzt dran sind: {n}; flatwatt archive prune",
                    "Days due now: {n}; flatwatt archive prune"),
    "archive_rebuilt": ("Tage archiviert und geprüft: {n}.", "Days archived and verified: {n}."),
    "archive_verified": ("Tage geprüft: {n}; alle stimmen mit der CSV überein.",
                         "Days verified: {n}; all agree with the CSV."),
    "archive_pruned": ("Tage: {n}; frei geworden: {mb} MB.", "Days: {n}; freed: {mb} MB."),
    "archive_nothing_due": ("Nichts zu tun.", "Nothing to do."),
    "archive_keeps": ('Nichts zu tun: in flatwatt.toml steht csv = "keep" ([archive]).',
                      'Nothing to do: flatwatt.toml says csv = "keep" ([archive]).'),
    "archive_sealing": ("Archiviere", "Archiving"),
    "archive_verifying": ("Prüfe", "Verifying"),
    "archive_pruning": ("Räume auf", "Pruning"),
}  # fmt: skip
