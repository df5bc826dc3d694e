"""Loads the card payments of yesterday and checks them before anything trains on them."""

from datetime import datetime, timedelta

from airflow import DAG
from airflow.providers.standard.operators.bash import BashOperator

with DAG(
    dag_id="ingest_transactions",
    schedule="0 3 * * *",
    start_date=datetime(2026, 1, 1),
    catchup=False,
    default_args={"owner": "data-eng", "retries": 2, "retry_delay": timedelta(minutes=10)},
) as dag:
    export = BashOperator(
        task_id="export",
        bash_command="payments-export --day {{ ds }} --out data/raw/transactions.parquet",
    )
    check = BashOperator(
        task_id="check",
        bash_command="soda scan -d payments data/checks/checks_transactions.yml",
    )
    publish = BashOperator(task_id="publish", bash_command="feast -c features materialize-incremental {{ ts }}")

    export >> check >> publish
