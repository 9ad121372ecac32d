"""Entry point of ``python -m multivector``."""

import sys

from multivector.cli import main

sys.exit(main())
