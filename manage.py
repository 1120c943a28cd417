#!/usr/bin/env python3
"""Django's usual entrance; `madoguchi` (cli.py) is the same with the engines added."""

import sys

from madoguchi.cli import main

if __name__ == "__main__":
    sys.exit(main())
