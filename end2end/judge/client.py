"""Sends a run of a job through the OpenLineage client: client.py URL TOKEN. Prints the client's version."""

import sys
from datetime import datetime, timezone
from importlib.metadata import version

from openlineage.client import OpenLineageClient
from openlineage.client.event_v2 import InputDataset, Job, OutputDataset, Run, RunEvent, RunState
from openlineage.client.facet_v2 import column_lineage_dataset, schema_dataset
from openlineage.client.transport.http import ApiKeyTokenProvider, HttpConfig, HttpTransport

url, token = sys.argv[1:]
config = HttpConfig(url=url, endpoint="api/v1/lineage", auth=ApiKeyTokenProvider({"apiKey": token}))
client = OpenLineageClient(transport=HttpTransport(config))

origin = column_lineage_dataset.InputField(namespace="lakehouse", name="silver.fact_orders", field="revenue_eur")
fields = {"revenue_eur": column_lineage_dataset.Fields(inputFields=[origin])}
output = OutputDataset(
    namespace="judge",
    name="revenue_by_country",
    facets={
        "schema": schema_dataset.SchemaDatasetFacet(
            fields=[
                schema_dataset.SchemaDatasetFacetFields(name="country", type="string"),
                schema_dataset.SchemaDatasetFacetFields(name="revenue_eur", type="double"),
            ]
        ),
        "columnLineage": column_lineage_dataset.ColumnLineageDatasetFacet(fields=fields),
    },
)
run = Run(runId="0193a000-0000-7000-8000-000000000001")
for state in (RunState.START, RunState.COMPLETE):
    client.emit(
        RunEvent(
            eventType=state,
            eventTime=datetime.now(timezone.utc).isoformat(),
            run=run,
            job=Job(namespace="judge", name="revenue_by_country"),
            inputs=[InputDataset(namespace="lakehouse", name="silver.fact_orders")],
            outputs=[output],
            producer="https://github.com/OpenLineage/OpenLineage/tree/main/client/python",
        )
    )
client.close()
print(version("openlineage-python"))
