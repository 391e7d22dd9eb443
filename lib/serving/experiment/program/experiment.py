"""Reads an experiment of two variants as it was declared: see `experiment_report`. `python3 experiment.py --help`."""

import sys

from experiment_report.main import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
