"""The command line. Each command imports what it needs when it runs, so that `--help` answers at once."""

from __future__ import annotations

import typer

from flows.cli import begin, health, look, reply, seeds, site, subscriptions, tell, watch, work

EPILOG = "Exit codes: 0 ok, 1 failure, 2 usage or configuration, 3 blind (no source was heard), 4 partial (something is late), 5 locked."
app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None, epilog=EPILOG)

app.command()(begin.init)
app.command()(watch.night)
app.command()(watch.backfill)
app.command()(watch.deliver)
app.command()(work.replay)
app.command()(work.extract)
app.command()(look.explain)
app.command()(look.moves)
app.command()(look.ledger)
app.command()(site.stats)
app.command()(site.serve)
app.command()(work.doctor)
seeds.sources_app.callback(invoke_without_command=True)(health.sources)
seeds.sources_app.command("import")(subscriptions.import_sources)
seeds.sources_app.command("export")(subscriptions.export_sources)
tell.alerts_app.command()(reply.mute)
tell.alerts_app.command()(reply.snooze)
tell.alerts_app.command()(reply.ack)
tell.alerts_app.command()(reply.rate)
app.add_typer(tell.alerts_app, name="alerts")
app.add_typer(seeds.sources_app, name="sources")
app.add_typer(seeds.topics_app, name="topics")
app.add_typer(seeds.seed_app, name="seed")


@app.callback()
def topicwatch() -> None:
    """Read the news every night; raise an alert when a watched topic moves."""
