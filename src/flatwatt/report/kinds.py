"""Kinds of appliances as people call them, and the question whether a guess is right."""

from flatwatt.report.wording import Language

KINDS: dict[str, tuple[str, str]] = {
    "washing_machine": ("einer Waschmaschine", "a washing machine"),
    "dryer": ("einem Trockner", "a dryer"),
    "washer_dryer": ("einem Waschtrockner", "a washer-dryer"),
    "dishwasher": ("einer Spülmaschine", "a dishwasher"),
    "printer_3d": ("einem 3D-Drucker", "a 3D printer"),
    "fridge": ("einem Kühlschrank", "a fridge"),
}
"""Kind -> what it looks like, in German and English; kinds that can be asked about."""


def question(appliance: str, kind: str, language: Language) -> str:
    """Return what to ask a person when an appliance's kind was guessed, with the command to say.

    Raises:
        KeyError: there is nothing to ask about `other` and `unsure`.
    """
    german, english = KINDS[kind]
    command = f"flatwatt appliance kind {appliance} {kind}"
    if language == "de":
        return f"Sieht nach {german} aus. Stimmt das? {command}"
    return f"Looks like {english}. Right? {command}"
