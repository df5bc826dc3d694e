"""Scores one payment. The authorisation waits for the answer, so there is no retry here."""

import bentoml
import numpy
import onnxruntime


@bentoml.service(resources={"cpu": "2"}, traffic={"timeout": 0.2})
class FraudScorer:
    def __init__(self) -> None:
        self.session = onnxruntime.InferenceSession(bentoml.models.get("fraud:latest").path_of("model.onnx"))

    @bentoml.api
    def score(self, features: list[float]) -> float:
        row = numpy.asarray([features], dtype="float32")
        return float(self.session.run(None, {"X": row})[1][0][True])
