"""The command ``cnncourse``: train, evaluate and use networks, look after data, check the installation.

Every command is one file here with `add`, which declares its arguments, and `run`, which imports what it
needs: so ``--help`` is quick and works without torch.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from cnncourse.cli import data, doctor, evaluate, predict, recipe, summary, train
from cnncourse.cli.parser import Parser, Terminal, describe

_EPILOG = """
examples:
  cnncourse train --model lenet5 --data digits --epochs 3 --out runs/a
  cnncourse predict runs/a image.png
  cnncourse recipe article2
  cnncourse data list
  cnncourse doctor

An error is one line. CNNCOURSE_DEBUG=1 in the environment shows where it came from.
"""


def build_parser() -> Parser:
    """Return the parser of the whole command line."""
    parser = Parser(
        prog="cnncourse", description="Convolutional networks: train, use, understand.", epilog=_EPILOG
    )
    parser.add_argument("--version", action="store_true", help="print the version and stop")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")
    for command in (train, evaluate, predict, summary, recipe, data, doctor):
        command.add(commands)
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line.

    Parameters
    ----------
    argv : sequence of str, default None
        The arguments after the command's name; None takes those of the process.

    Returns
    -------
    int
        The exit code: 0 if all went well, 1 if what was checked is not in order, 2 for an argument or input
        that cannot be used, 130 after Ctrl-C.
    """
    streams = sys.stdout, sys.stderr
    for stream in streams:
        stream.reconfigure(errors="replace")  # a terminal without × shows a question mark instead of failing
    sys.stdout, sys.stderr = map(Terminal, streams)
    try:
        return _run(argv)
    finally:
        sys.stdout, sys.stderr = streams


def _run(argv: Sequence[str] | None) -> int:
    """Parse the arguments and run the command; errors become one line."""
    try:
        parser = build_parser()
        args = parser.parse_args(argv)
        if args.version:
            from cnncourse import __version__

            print(__version__)
            return 0
        if args.command is None:
            parser.error("which command? There are train, eval, predict, summary, recipe, data, doctor")
        code = args.run(args)
        sys.stdout.flush()  # a reader that has gone away is noticed here, not after the return
        return code
    except KeyboardInterrupt:
        print("cnncourse: interrupted", file=sys.stderr)
        return 130
    except BrokenPipeError:
        # `cnncourse data list | head -1`: the reader has what it wanted. Python would complain again at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 141
    except (ValueError, OSError, ImportError, MemoryError, RuntimeError) as error:
        if os.environ.get("CNNCOURSE_DEBUG"):
            raise
        print(f"cnncourse: error: {describe(error)}", file=sys.stderr)
        return 2
