"""Words from a terminal come in, one function is called; data goes to stdout, talk to stderr."""

import os
import sys

import typer

from klankbord.cli import (
    alerts,
    collecting,
    digests,
    evaluating,
    findings,
    judging,
    keywords,
    learning,
    policy,
    running,
    searching,
    sources,
)
from klankbord.errors import ImportFileError, KlankbordError, NotFoundError, QueryError, SettingsError

app = typer.Typer(
    name="klankbord",
    help=(
        "Klankbord listens to what is publicly said about an organisation and points its communications "
        "staff at the few posts that may need an answer.\n\n"
        "Start with `klankbord demo`, or `klankbord init DIR` for an organisation of your own."
    ),
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
)
running.add_to(app)
collecting.add_to(app)
sources.add_to(app)
judging.add_to(app)
evaluating.add_to(app)
learning.add_to(app)
findings.add_to(app)
keywords.add_to(app)
policy.add_to(app)
searching.add_to(app)
digests.add_to(app)
alerts.add_to(app)

#: exit codes: 0 done; 1 failed; 2 wrong usage or config; 3 done, but some sources failed
FAILED, WRONG = 1, 2


def main() -> None:
    """The console script."""
    # Everything written holds texts of people: for the owner alone.
    os.umask(0o077)
    try:
        app()
    except (SettingsError, QueryError, ImportFileError, NotFoundError) as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(WRONG)
    except KlankbordError as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(FAILED)
    except BrokenPipeError:
        # The reader of our output went away, as `head` does; there is nobody left to tell.
        sys.stderr.close()
        sys.exit(FAILED)
    except OSError as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(FAILED)
    except KeyboardInterrupt:
        sys.stderr.write("stopped\n")
        sys.exit(130)
