"""``gridgis reports``: from files, to files, and corrected one by one."""

from __future__ import annotations

from typing import Annotated

import typer

from gridgis import corrections, door
from gridgis.cases.commands import Void
from gridgis.cases.rulings import Rulings
from gridgis.cases.workflow import Workflow
from gridgis.errors import InvalidInputError
from gridgis.exports import WhichReports
from gridgis.imports import ImportOptions
from gridgis.locate.territories import Territories
from gridgis_api.cli import context, counts, naming, rows, unlocated
from gridgis_api.cli.moments import moment

app = typer.Typer(no_args_is_help=True, help="Reports: from files, to files, corrected.")

Number = Annotated[str, typer.Argument(help="The report's number or id.")]


@app.command("import")
def import_reports(  # noqa: PLR0913, PLR0917 - one parameter an option
    file: rows.File,
    number: Annotated[str | None, typer.Option("--id", help="Column of the number.")] = None,
    lon: Annotated[str | None, typer.Option(help="Column of the longitude.")] = None,
    lat: Annotated[str | None, typer.Option(help="Column of the latitude.")] = None,
    time: Annotated[str | None, typer.Option(help="Column of the time of capture.")] = None,
    category: Annotated[str | None, typer.Option(help="Column of the category.")] = None,
    category_value: Annotated[str | None, typer.Option(help="One category for all.")] = None,
    description: Annotated[str | None, typer.Option(help="Column of the description.")] = None,
    address: Annotated[str | None, typer.Option(help="Column of the address.")] = None,
    accuracy: Annotated[str | None, typer.Option(help="Column of the accuracy in m.")] = None,
    column: rows.Column = None,
    value: rows.Value = None,
    source: rows.Source = "file",
    datum: naming.Datum = "wgs84",
    crs: rows.Crs = None,
    encoding: rows.Encoding = None,
    sheet: rows.Sheet = None,
    timezone: Annotated[str | None, typer.Option(help="Zone of times that carry none.")] = None,
    time_format: Annotated[
        str | None, typer.Option(help="How times are written, like '%m/%d/%Y %I:%M:%S %p'.")
    ] = None,
    locate: Annotated[
        bool, typer.Option("--locate", help="Locate rows without a point by their words.")
    ] = False,
    dry_run: rows.DryRun = False,
) -> None:
    """Bring reports in; refused rows are listed in FILE.refused.csv, the good ones go in."""
    said = {
        "number": number,
        "lon": lon,
        "lat": lat,
        "captured_at": time,
        "category": category,
        "description": description,
        "address": address,
        "accuracy_m": accuracy,
    }
    constants = rows.pairs(value, "--value")
    if category_value is not None:
        constants["category"] = category_value
    options = ImportOptions(
        source=source,
        columns={**{k: v for k, v in said.items() if v}, **rows.pairs(column, "--column")},
        constants=constants,
        reading=rows.reading(encoding, sheet, crs, datum),
        zone=rows.zone(timezone),
        time_format=time_format,
        near_tolerance_m=context.settings().near_tolerance_m,
        dry_run=dry_run,
    )
    rows.import_rows("reports", file, options, locate=locate)


@app.command("export")
def export_reports(
    out: rows.Out,
    since: Annotated[str | None, typer.Option("--from", help="Captured from this day on.")] = None,
    before: Annotated[str | None, typer.Option("--to", help="Captured before this day.")] = None,
    area: Annotated[str | None, typer.Option(help="Code of an area of the layer.")] = None,
    layer: Annotated[
        str, typer.Option("--assignment", "--layer", help="Whose answers to write.")
    ] = "base",
    import_number: Annotated[
        int | None, typer.Option("--import", help="Only of this import, in its file's order.")
    ] = None,
) -> None:
    """Write reports with their grid, rule and distance to the boundary on one layer."""
    first, end = moment(since, "--from"), moment(before, "--to")
    if first is not None and end is not None and end <= first:
        msg = f"--to {before} must be later than --from {since}"
        raise InvalidInputError(msg)
    which = WhichReports(
        layer=layer,
        since=first,
        before=end,
        area=area,
        import_id=import_number,
    )
    rows.export_rows("reports", out, which)


@app.command("template")
def template(out: rows.Template) -> None:
    """Write a workbook to fill in."""
    rows.template("reports", out)


@app.command("correct")
def correct(number: Number, values: rows.Set, reason: rows.Reason) -> None:
    """Change category, description or address of a report."""
    changes = {field: text or None for field, text in rows.pairs(values, "--set").items()}
    if changes.get("description", "") is None:
        changes["description"] = ""
    settings = context.settings()
    with context.open_store() as store, store.begin() as connection:
        corrections.correct(
            connection,
            naming.report_id(connection, number),
            changes,
            _why(reason),
            Territories(store, settings.index_folder),
            settings,
        )
    context.say(f"report {number}: {', '.join(changes)} changed; the old values are kept")


@app.command("repin")
def repin(
    number: Number,
    reason: rows.Reason,
    lon: Annotated[float | None, typer.Option(help="Degrees, WGS 84.")] = None,
    lat: Annotated[float | None, typer.Option(help="Degrees, WGS 84.")] = None,
    accuracy: Annotated[float | None, typer.Option(help="Metres.")] = None,
) -> None:
    """Move the pin of a report and assign it anew; without lon and lat it has no location."""
    if (lon is None) != (lat is None):
        msg = "give both --lon and --lat, or none"
        raise InvalidInputError(msg)
    location = None if lon is None or lat is None else door.location(lon, lat, accuracy)
    settings = context.settings()
    with context.open_store() as store, store.begin() as connection:
        corrections.repin(
            connection,
            naming.report_id(connection, number),
            location,
            _why(reason),
            Territories(store, settings.index_folder),
            settings,
        )
    context.say(f"report {number} is repinned; the old answers are kept")


app.command("count")(counts.count)
app.command("unlocated")(unlocated.unlocated)
app.command("locate")(unlocated.locate)
app.command("locate-clear")(unlocated.locate_clear)


@app.command("retire")
def retire(number: Number, reason: rows.Reason) -> None:
    """Take a report out of use; it stays readable."""
    with context.open_store() as store:
        report_id = store.ask(lambda connection: naming.report_id(connection, number))
        workflow = Workflow(store, Rulings(context.settings()), context.clock)
        workflow.change(report_id, Void(reason=reason), context.actor())
    context.say(f"report {number} is out of use; it stays readable")


def _why(reason: str) -> corrections.Why:
    return corrections.Why(reason, context.actor(), context.clock.now())
