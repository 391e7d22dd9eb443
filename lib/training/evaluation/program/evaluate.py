"""Evaluates a model on a held-out table: see `tabular_evaluation`. `python3 evaluate.py --help` names the arguments."""

import sys

from tabular_evaluation.main import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
