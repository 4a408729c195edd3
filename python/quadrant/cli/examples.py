"""Examples at the end of every command's help: one table, which a test reads command by command."""

from __future__ import annotations

import typer

EXAMPLES: dict[str, tuple[str, ...]] = {
    "status": ("quadrant status", "quadrant --database synthetic_1d17f7a6 status --json"),
    "up": ("quadrant up", "quadrant --database paper up"),
    "down": ("quadrant down",),
    "dsn": ("quadrant dsn", "quadrant dsn --json"),
    "psql": ("quadrant psql", "quadrant psql -c 'select * from analyst.headline'"),
    "migrate": ("quadrant migrate",),
    "import": (
        "quadrant import episodes.csv --roi-unit fraction --score-scale 1",
        "quadrant import trades.jsonl.gz --kind trades --roi-unit percent",
    ),
    "backtest": ("quadrant backtest bars", "quadrant backtest bars --folds 6 --null 20 --json"),
    "clock show": ("quadrant clock show",),
    "clock set": ("quadrant clock set 2024-06-01T12:00",),
    "clock reset": ("quadrant clock reset",),
    "config list": ("quadrant config list", "quadrant config list --json"),
    "config get": ("quadrant config get n_min",),
    "config set": (
        "quadrant config set shadow true",
        "quadrant config set n_min 40 --pattern pm.uptrend.S1.entry",
    ),
    "config unset": ("quadrant config unset n_min --pattern pm.uptrend.S1.entry",),
    "config history": ("quadrant config history", "quadrant config history n_min -n 5"),
    "databases": ("quadrant databases",),
    "doctor": ("quadrant doctor", "quadrant doctor --all --json"),
    "explain": ("quadrant explain 76", "quadrant explain 76 --json"),
    "why": ("quadrant why SOL 15m", "quadrant why SOL 15m --json"),
    "learn": ("quadrant learn", "quadrant learn --dry-run"),
    "log": ("quadrant log --follow", "quadrant log --since 2h --level warning --json"),
    "override list": ("quadrant override list", "quadrant override list --all --json"),
    "override set": (
        "quadrant override set pm.uptrend.S1.entry halo=1.1 ts=0.55",
        "quadrant override set pm.uptrend.S1.entry halo=1.2 --scope bucket=nano --pin",
    ),
    "override clear": ("quadrant override clear pm.uptrend.S1.entry halo --scope bucket=nano",),
    "override pin": ("quadrant override pin 76 --by ada",),
    "override unpin": ("quadrant override unpin 76",),
    "override approve": ("quadrant override approve 10 --by ada",),
    "override dismiss": ("quadrant override dismiss 10",),
    "record": ("quadrant record < strategy.jsonl",),
    "rejects list": ("quadrant rejects list -n 10", "quadrant rejects list --json"),
    "rejects show": ("quadrant rejects show 3",),
    "rejects retry": ("quadrant rejects retry 3 4", "quadrant rejects retry --all"),
    "replay": (
        "quadrant replay bars --learn-every 1d",
        "quadrant replay bars --symbols SOL,WIF --timeframes 15m --from 2024-01-01",
    ),
    "demo": ("quadrant demo", "quadrant demo --data bars --learn-every 1d"),
    "report": (
        "quadrant report --open",
        "quadrant report -o june.html --since 2024-06-01 --bars bars",
    ),
    "roles create-logins": ("quadrant roles create-logins --only pm,analyst",),
    "runs list": ("quadrant runs list",),
    "runs remove": ("quadrant runs remove dip/1",),
    "serve": ("quadrant serve",),
    "snapshots": (
        "quadrant snapshots bars/BTCUSDT_1h.csv --last 1",
        "quadrant snapshots bars/BTCUSDT_1h.csv --chain binance --scope bucket=big",
    ),
    "tick": ("quadrant tick --feed main < bars.jsonl", "quadrant tick --schema"),
    "web": ("quadrant web", "quadrant web --allow-changes --port 8080"),
    "worker": ("quadrant worker", "quadrant worker --once"),
}


def show_examples(app: typer.Typer, above: str = "") -> None:
    """Put its examples under the help of every command of `app` and of its groups."""
    for command in app.registered_commands:
        name = command.name or (command.callback.__name__ if command.callback else "")
        examples = EXAMPLES.get(f"{above}{name}", ())
        command.epilog = "\n\n".join(["Examples:", *examples]) if examples else None
    for group in app.registered_groups:
        if group.typer_instance:
            show_examples(group.typer_instance, f"{group.name} ")
