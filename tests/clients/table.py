"""pandas reads CSV, JSON and NDJSON with the right types. Arguments: the server's address. One "ok - name" or "not ok - name" a case."""
import json
import sys
import traceback
import urllib.request

import pandas as pd

BASE = sys.argv[1]
PRODUCTS = "/v1/bilateral/IND/CHN/products{}?level=hs2&period=FY2018-19&dataset=dgcis-hs2-fy&sort=product"
PAIR = "/v1/bilateral/IND/CHN{}?dataset=dgcis-total-fy"
TYPES = {"string": "string", "integer": "Int64", "number": "Float64", "boolean": "boolean"}


def answer(target):
    with urllib.request.urlopen(BASE + target) as reply:
        return json.load(reply)


def frame_of(target):
    """The recipe: the answer's own columns say the types."""
    got = answer(target)
    types = {c["id"]: TYPES[c["type"]] for c in got["columns"] if c["type"] in TYPES}
    return pd.DataFrame(got["data"], columns=[c["id"] for c in got["columns"]]).astype(types)


def csv_has_numbers_and_codes():
    frame = pd.read_csv(BASE + PRODUCTS.format(".csv"), dtype={"product": str})
    assert frame["product"].iloc[0] == "01", frame["product"].iloc[0]
    assert frame["imports"].dtype == "int64", frame["imports"].dtype
    assert frame["share_of_imports"].dtype == "float64"
    want = answer(PRODUCTS.format(""))["data"]
    assert frame["imports"].tolist() == [row["imports"] for row in want]
    assert frame["name"].tolist() == [row["name"] for row in want]
    return f"{len(frame)} rows"


def csv_of_names_keeps_namibia():
    """NA is Namibia, not a missing value."""
    frame = pd.read_csv(BASE + "/v1/countries.csv?limit=1000", dtype=str, keep_default_na=False, na_values=[""])
    namibia = frame[frame["id"] == "NAM"].iloc[0]
    assert namibia["iso2"] == "NA" and namibia["m49"] == "516", namibia
    albania = frame[frame["id"] == "ALB"].iloc[0]
    assert albania["m49"] == "008", albania
    assert frame["valid_to"].isna().any()
    return f"{len(frame)} countries"


def json_has_the_types_of_columns():
    frame = frame_of(PAIR.format(""))
    want = answer(PAIR.format(""))
    assert str(frame["imports"].dtype) == "Int64" and str(frame["cover_ratio"].dtype) == "Float64"
    assert str(frame["deficit_rank"].dtype) == "Int64"
    for column in want["columns"]:
        values = [row[column["id"]] for row in want["data"]]
        got = frame[column["id"]].tolist()
        for a, b in zip(values, got):
            assert (a is None and b is pd.NA) or a == b, (column["id"], a, b)
    assert int(frame["imports"].max()) == max(row["imports"] for row in want["data"])
    return f"{len(frame)} rows of {len(frame.columns)} columns"


def json_of_products_keeps_codes():
    frame = frame_of(PRODUCTS.format(""))
    assert frame["product"].iloc[0] == "01"
    return f"{len(frame)} rows"


def arrays_make_the_same_frame():
    target = PAIR.format("")
    got = answer(target + "&shape=arrays")
    frame = pd.DataFrame(got["data"], columns=[c["id"] for c in got["columns"]])
    wide = pd.DataFrame(answer(target)["data"])
    assert frame.astype(object).where(frame.notna(), None).equals(wide.astype(object).where(wide.notna(), None))
    return f"{len(frame)} rows"


def ndjson_keeps_codes():
    frame = pd.read_json(BASE + PRODUCTS.format(".ndjson"), lines=True, dtype=False)
    assert frame["product"].iloc[0] == "01"
    assert frame["imports"].dtype == "int64"
    return f"{len(frame)} rows"


def sdmx_pivots():
    frame = pd.read_csv(BASE + PAIR.format(".sdmx.csv"), dtype=str)
    wide = frame.pivot(index="TIME_PERIOD", columns="MEASURE", values="OBS_VALUE")
    want = {row["period"]: row for row in answer(PAIR.format(""))["data"]}
    assert wide.loc["2018-04-01/P1Y", "IMPORTS"] == str(want["FY2018-19"]["imports"])
    return f"{wide.shape[0]} periods, {wide.shape[1]} measures"


def main():
    failed = False
    for case in (csv_has_numbers_and_codes, csv_of_names_keeps_namibia, json_has_the_types_of_columns, json_of_products_keeps_codes,
                 arrays_make_the_same_frame, ndjson_keeps_codes, sdmx_pivots):
        name = "pandas: " + case.__name__.replace("_", " ")
        try:
            print(f"ok - {name} ({case()})")
        except Exception:  # a case that fails must not hide the others
            failed = True
            print("# " + traceback.format_exc().replace("\n", "\n# ") + f"\nnot ok - {name}")
    sys.exit(failed)


main()
