"""Filter changes as JSON: what the load generator for Streamlit draws after the same seed, person by person.

Usage: filters.py SEED PEOPLE CHANGES POOL; POOL 0 draws freely, else from that many fixed filters.
"""

import datetime as dt
import json
import random
import sys

seed, people, changes, pool = map(int, sys.argv[1:])
creditors = [f"Creditor {number:02d}" for number in range(1, 41)]


def draw(numbers):
    if pool:
        numbers = random.Random(1000 + numbers.randrange(pool))
    days = numbers.choice([30, 90, 180, 365])
    end = dt.date(2025, 12, 31) - dt.timedelta(days=numbers.randrange(0, 365))
    start = max(dt.date(2023, 1, 1), end - dt.timedelta(days=days - 1))
    chosen = sorted(numbers.sample(creditors, numbers.choice([0, 1, 3, 5])))
    return {"start": str(start), "end": str(end), "creditors": chosen}


everybody = []
for person in range(people):
    numbers = random.Random(seed * 1000 + person)
    offset = numbers.random()
    everybody.append({"offset": offset, "changes": [draw(numbers) for _ in range(changes)]})
json.dump(everybody, sys.stdout)
