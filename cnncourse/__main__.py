"""``python -m cnncourse``, and ``torchrun … -m cnncourse train`` on several devices."""

import sys

from cnncourse.cli import main

if __name__ == "__main__":
    sys.exit(main())
