"""Rows and sums of Delta tables as three other readers see them.

Reads {"id": {"path": "..", "sums": ["column", ..]}, ..} from standard input and prints
{"versions": {reader: version}, "tables": {id: {reader: {"rows": n, "sums": {column: sum}} or {"error": ".."}}}}.
"""

import json
import sys
from importlib.metadata import version

import duckdb
import polars
import pyarrow.compute as compute
from deltalake import DeltaTable
from duckdb_extensions import import_extension


def with_deltalake(path, columns):
    table = DeltaTable(path).to_pyarrow_table()
    return table.num_rows, {column: compute.sum(table[column]).as_py() for column in columns}


def with_duckdb(path, columns):
    parts = ", ".join(["count(*)", *(f'sum("{column}")' for column in columns)])
    rows, *sums = connection.execute(f"SELECT {parts} FROM delta_scan(?)", [path]).fetchone()
    return rows, dict(zip(columns, sums))


def with_polars(path, columns):
    frame = polars.scan_delta(path)
    row = frame.select(polars.len().alias("*"), *(polars.col(column).sum() for column in columns)).collect().row(0)
    return row[0], dict(zip(columns, row[1:]))


import_extension("delta")
connection = duckdb.connect()
connection.execute("LOAD delta")
readers = {"deltalake": with_deltalake, "duckdb": with_duckdb, "polars": with_polars}
tables = {}
for name, table in json.load(sys.stdin).items():
    tables[name] = {}
    for reader, read in readers.items():
        try:
            rows, sums = read(table["path"], table["sums"])
            tables[name][reader] = {"rows": rows, "sums": {column: float(value) for column, value in sums.items()}}
        except Exception as error:
            tables[name][reader] = {"error": str(error).splitlines()[0][:300]}
json.dump({"versions": {reader: version(reader) for reader in readers}, "tables": tables}, sys.stdout)
