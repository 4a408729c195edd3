"""quadrant tick: closed bars in, gates in force out, as JSON lines for a bot in any language."""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Any

import psycopg
import typer
from tenacity import RetryCallState, Retrying, retry_if_exception_type, stop_after_attempt
from tenacity.wait import wait_exponential

from quadrant.cli.console import err, tell_error
from quadrant.cli.session import session
from quadrant.database import connect, explain, queries, raised_by_us
from quadrant.database.errors import LoginRefused, Unreachable
from quadrant.errors import QuadrantError
from quadrant.server import resolve_dsn
from quadrant.server.errors import NotRunning
from quadrant.tick import StaleTickerError, Tick
from quadrant.tick.messages import MessageError, read, schema, write, write_error

DATABASE_LOST = 3
FEED_TAKEN_OVER = 4
_LONGEST_WAIT_SECONDS = 10.0
_NAME = "quadrant tick"


def tick(
    *,
    feed: Annotated[
        str, typer.Option(help="The stream's name: one ticker at a time may have it.")
    ] = "main",
    attempts: Annotated[
        int, typer.Option(min=1, help="Give a lost database up after so many attempts.")
    ] = 10,
    schema_: Annotated[
        bool, typer.Option("--schema", help="Print the JSON schema of a line, and leave.")
    ] = False,
) -> None:
    """Read closed bars as JSON lines from stdin; answer each with the gates in force.

    One line in, one line out, in their order. docs/live.md is the guide. Exits 0 at the end of
    the input, 3 where the database was lost, 4 where another ticker took the feed over.
    """
    if schema_:
        typer.echo(json.dumps(schema(), indent=2))
        return
    with _Interrupts() as interrupts:
        code = _serve(_Service(feed, attempts), interrupts)
    if code:
        raise typer.Exit(code)


class _Service:
    """A ticker that outlives its connection."""

    def __init__(self, feed: str, attempts: int) -> None:
        self._attempts = attempts
        self._tick = Tick(session(application_name=_NAME), feed)

    def answer(self, line: bytes) -> bytes:
        """The answer to a line; a bad one is kept as a reject.

        Raises StaleTickerError, Unreachable where the connection was lost, and what is no fault
        of the line.
        """
        try:
            try:
                request = read(line)
                return write(request, self._tick.process_checked(request.bars, request.actions))
            except (StaleTickerError, Unreachable, LoginRefused):
                raise
            except QuadrantError as error:
                return self._refuse(line, error)
            except psycopg.Error as error:
                if not (error.sqlstate or "").startswith(("QD", "22", "23", "54")):
                    raise
                told = raised_by_us(error) or MessageError(
                    f"the database cannot keep it: {error.diag.message_primary}",
                    hint=error.diag.message_detail or "",
                )
                return self._refuse(line, told)
        except psycopg.errors.DiskFull as error:
            return write_error(explain(error))
        except (psycopg.OperationalError, psycopg.InterfaceError) as error:
            raise Unreachable(
                f"the database was lost: {str(error).strip()}",
                hint="Send the line again; if it was written before, it is answered stale.",
            ) from error

    def _refuse(self, line: bytes, error: QuadrantError) -> bytes:
        self._tick.connection.execute(
            queries("tick/keep_rejected_bar"),
            {
                "feed": self._tick.feed,
                "message": line.decode(errors="backslashreplace")
                .rstrip("\r\n")
                .replace("\0", r"\u0000"),
                "code": error.code,
                "reason": error.message,
            },
        )
        return write_error(error)

    def reconnect(self) -> None:
        """Goes on over a new connection, still as the same ticker.

        Raises the last attempt's error.
        """
        self._tick.connection.close()
        retrying = Retrying(
            retry=retry_if_exception_type((Unreachable, NotRunning, psycopg.OperationalError)),
            stop=stop_after_attempt(self._attempts),
            wait=wait_exponential(multiplier=0.5, max=_LONGEST_WAIT_SECONDS),
            before_sleep=_tell,
            reraise=True,
        )
        for attempt in retrying:
            with attempt:
                self._tick.reconnect(
                    connect(resolve_dsn(), autocommit=True, application_name=_NAME)
                )
        err.print("The database is back.")


class _Interrupts:
    """Ctrl-C and SIGTERM end the wait for a line at once, a line in hand after its answer."""

    def __init__(self) -> None:
        self.code = 0
        self._waiting = False

    def __enter__(self) -> _Interrupts:
        self._before = {n: signal.signal(n, self._asked) for n in (signal.SIGINT, signal.SIGTERM)}
        return self

    def __exit__(self, *_: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def _asked(self, number: int, _: Any) -> None:
        again, self.code = bool(self.code), 128 + number
        if self._waiting or again:
            raise KeyboardInterrupt

    @contextmanager
    def waiting(self) -> Iterator[None]:
        """Around what may be broken off."""
        self._waiting = True
        try:
            if self.code:
                raise KeyboardInterrupt
            yield
        finally:
            self._waiting = False


def _serve(service: _Service, interrupts: _Interrupts) -> int:
    """Answers line by line until the input ends; returns the exit code."""
    try:
        while True:
            with interrupts.waiting():
                line = sys.stdin.buffer.readline()
            if not line:
                return 0
            try:
                _say(service.answer(line))
            except StaleTickerError as error:
                _say(write_error(error))
                tell_error(error)
                return FEED_TAKEN_OVER
            except Unreachable as error:
                _say(write_error(error))
                tell_error(error)
                try:
                    with interrupts.waiting():
                        service.reconnect()
                except (QuadrantError, psycopg.OperationalError) as last:
                    tell_error(last if isinstance(last, QuadrantError) else explain(last))
                    err.print("The database is given up.", style="bold red")
                    return DATABASE_LOST
    except KeyboardInterrupt:
        return interrupts.code
    except BrokenPipeError:  # nobody reads the answers any more
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def _say(answer: bytes) -> None:
    sys.stdout.buffer.write(answer + b"\n")
    sys.stdout.buffer.flush()


def _tell(state: RetryCallState) -> None:
    wait = state.next_action.sleep if state.next_action else 0.0
    err.print(f"Attempt {state.attempt_number} failed, the next in {wait:.1f} s.")


def register(app: typer.Typer) -> None:
    """Put the command on the command line."""
    app.command()(tick)
