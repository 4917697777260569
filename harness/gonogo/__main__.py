"""``python -m gonogo``: the same as the command ``gonogo``."""

import sys

from gonogo.commands import program

if __name__ == "__main__":
    sys.exit(program())
