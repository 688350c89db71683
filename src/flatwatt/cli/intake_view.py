"""What an import would do, as a table."""

from collections.abc import Sequence
from datetime import tzinfo

from rich.console import Group
from rich.table import Table
from rich.text import Text

from flatwatt.intake.plan import Plan
from flatwatt.intake.points import Bad
from flatwatt.report.periods import local_time
from flatwatt.report.wording import Language, kwh, span, word

SHOWN = 20
"""Most bad rows that are listed."""


def plan_table(plan: Plan, zone: tzinfo, language: Language) -> Table:
    """Return what was found, what is new and what is left out."""
    table = Table(show_header=False, box=None, padding=(0, 2, 0, 0))
    table.add_row(word("import_found", language), _counted(plan.found, plan.span_ms, zone))
    gaps = f"{plan.gaps}"
    if plan.gaps:
        gaps += f", {word('import_longest', language)} {span(plan.longest_ms / 1000)}"
    table.add_row(word("import_gaps", language), Text(gaps))
    table.add_row(word("import_there", language), Text(str(plan.there)))
    table.add_row(word("import_covered", language), _counted(plan.covered, plan.covered_ms, zone))
    new = f"{len(plan.rows)}, {kwh(plan.energy_mwh, language)}"
    table.add_row(Text(word("import_new", language), style="bold"), Text(new, style="bold"))
    table.add_row("", Text(f"{plan.appliance} / {plan.plug}", style="dim"))
    return table


def _counted(count: int, span_ms: tuple[int, int] | None, zone: tzinfo) -> Text:
    if span_ms is None:
        return Text(str(count))
    first, last = (f"{local_time(at_ms, zone):%Y-%m-%d %H:%M}" for at_ms in span_ms)
    return Text(f"{count}, {first} – {last}")


def bad_rows(bad: Sequence[Bad], language: Language) -> Group:
    """Return the rows that do not count, with their reasons; the text is a stranger's."""
    lines = [Text(f"{len(bad)} {word('import_bad', language)}", style="yellow")]
    lines += [Text(f"  {each}") for each in bad[:SHOWN]]
    if len(bad) > SHOWN:
        lines.append(Text("  …"))
    return Group(*lines)
