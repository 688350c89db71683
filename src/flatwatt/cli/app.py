"""The command line's tree."""

import typer

from flatwatt import __version__
from flatwatt.cli import (
    appliance,
    archive,
    compare,
    display,
    export,
    fleet,
    intake,
    patterns,
    play,
    record,
    report,
    runs,
    serve,
    setup,
    sql,
    stats,
    status,
)

app = typer.Typer(
    help="Flatshare energy monitoring: smart plugs measured, logged, priced and told.",
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Exit codes: 0 done, 1 no answer, 2 wrong command line, 3 configuration, "
    "4 files, 5 plug, 6 display, 7 fleet. "
    "First steps: [bold]flatwatt demo[/], then [bold]flatwatt init[/].",
)
plugs_app = typer.Typer(help="Look at single plugs.", no_args_is_help=True)
plugs_app.command("test")(setup.plugs_test)
plugs_app.command("families")(setup.plugs_families)
app.add_typer(plugs_app, name="plugs")
app.add_typer(display.app, name="display")
app.add_typer(fleet.app, name="fleet")
app.add_typer(runs.app, name="runs")
app.add_typer(appliance.app, name="appliance")
app.add_typer(record.app, name="record")
app.add_typer(archive.app, name="archive")
for command in (
    play.demo,
    serve.run,
    serve.live,
    play.replay,
    report.report,
    export.export,
    patterns.patterns,
    sql.sql,
    setup.init,
    setup.check,
    status.status,
):
    app.command()(command)
app.command("import")(intake.import_)
runs.app.command()(compare.show)
runs.app.command()(compare.compare)
runs.app.command()(stats.stats)


@app.command()
def version() -> None:
    """Print the version."""
    typer.echo(f"flatwatt {__version__}")
