"""Control figures of the shipped data, as their sources print them, against the sums of what is held here.

usage: control.py DATA_DIR; one line for each figure that does not come out, exit 1 if there is one."""
import csv
import sys
from decimal import Decimal
from pathlib import Path

# file, column, chosen rows, what the source prints, largest difference that rounding explains; millions and dollars as in the file
FIGURES = [
    ("dgcis-chapters-fy", "value_usd_million", {"period": "FY2024-25", "partner": "CHN", "flow": "M"}, "113447.39", "0.06"),
    ("dgcis-chapters-fy", "value_usd_million", {"period": "FY2025-26", "partner": "CHN", "flow": "M"}, "131633.35", "0.06"),
    ("dgcis-chapters-fy", "value_usd_million", {"period": "FY2024-25", "partner": "CHN", "flow": "X"}, "14252.19", "0.06"),
    ("dgcis-chapters-fy", "value_usd_million", {"period": "FY2025-26", "partner": "CHN", "flow": "X"}, "19471.10", "0.06"),
    ("dgcis-chapters-fy", "value_usd_million", {"period": "FY2025-26", "partner": "WLD", "flow": "X"}, "441745.88", "0.06"),
    ("dgcis-chapters-fy", "value_usd_million", {"period": "FY2025-26", "partner": "WLD", "flow": "M"}, "776013.65", "0.06"),
    ("baci-total-2023", "value_usd", {"reporter": "CHN", "partner": "IND"}, "120260000000", "5000000"),
    ("baci-total-2023", "value_usd", {"reporter": "IND", "partner": "CHN"}, "17050000000", "5000000"),
]


def total(path, column, chosen):
    with path.open(newline="") as rows:
        return sum(Decimal(row[column]) for row in csv.DictReader(rows) if all(row[k] == v for k, v in chosen.items()))


def main():
    wrong = 0
    for name, column, chosen, printed, tolerance in FIGURES:
        held = total(Path(sys.argv[1]) / f"{name}.csv", column, chosen)
        if abs(held - Decimal(printed)) > Decimal(tolerance):
            wrong += 1
            print(f"{name} {chosen}: {held} is held, {printed} is printed by the source")
    print(f"{len(FIGURES) - wrong} control figures come out, {wrong} do not")
    return wrong > 0


sys.exit(main())
