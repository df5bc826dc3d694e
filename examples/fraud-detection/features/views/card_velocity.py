"""How often a card paid, and how much, in the last day."""

from datetime import timedelta

from feast import Entity, FeatureView, Field, FileSource
from feast.types import Float32, Int64

card = Entity(name="card", join_keys=["card_id"])

payments = FileSource(
    path="s3://acme-feast/fraud/card_velocity.parquet",
    timestamp_field="computed_at",
)

card_velocity = FeatureView(
    name="card_velocity",
    entities=[card],
    ttl=timedelta(days=1),
    schema=[
        Field(name="payments_24h", dtype=Int64),
        Field(name="amount_eur_24h", dtype=Float32),
        Field(name="countries_24h", dtype=Int64),
    ],
    source=payments,
)
