select range as order_id, date '2026-01-01' + cast(range % 30 as integer) as order_day, range * 1.5 as revenue_eur
from range(1000)
