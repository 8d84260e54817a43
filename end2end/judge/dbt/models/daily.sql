select order_day, count(*) as orders, sum(revenue_eur) as revenue_eur
from {{ ref('orders') }}
group by order_day
