"""Compares what an endpoint has captured with a baseline, and makes baselines: see `drift_report`. `python3 drift.py --help`."""

import sys

from drift_report.main import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
