"""Scores the challenger on the held-out month and fails where it misses a threshold."""

import json
import sys

import onnxruntime
import pandas
import yaml
from sklearn.metrics import average_precision_score


def main() -> int:
    with open("evaluation/thresholds.yaml") as file:
        thresholds = yaml.safe_load(file)
    with open("params.yaml") as file:
        features = yaml.safe_load(file)["train"]["features"]
    month = pandas.read_parquet("data/raw/transactions.parquet").query("month == 'held-out'")
    session = onnxruntime.InferenceSession("models/champion.onnx")
    scores = session.run(None, {"X": month[features].to_numpy("float32")})[1]
    positive = [score[True] for score in scores]
    metrics = {"average_precision": average_precision_score(month["is_chargeback"], positive)}
    with open("evaluation/metrics.json", "w") as file:
        json.dump(metrics, file)
    return int(metrics["average_precision"] < thresholds["average_precision"])


if __name__ == "__main__":
    sys.exit(main())
