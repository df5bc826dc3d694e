"""Searches the hyperparameters, fits the scorer once more with the best, and writes it as ONNX."""

import optuna
import pandas
import yaml
from skl2onnx import to_onnx
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.model_selection import cross_val_score


def build(rate: float, leaves: int, seed: int) -> HistGradientBoostingClassifier:
    return HistGradientBoostingClassifier(learning_rate=rate, max_leaf_nodes=leaves, random_state=seed)


def main() -> None:
    with open("params.yaml") as file:
        params = yaml.safe_load(file)["train"]
    payments = pandas.read_parquet("data/raw/transactions.parquet")
    inputs, labels = payments[params["features"]].astype("float32"), payments["is_chargeback"]

    def objective(trial: optuna.Trial) -> float:
        rate = trial.suggest_float("rate", 0.01, 0.3, log=True)
        model = build(rate, trial.suggest_int("leaves", 15, 127), params["seed"])
        return cross_val_score(model, inputs, labels, scoring="average_precision").mean()

    study = optuna.create_study(direction="maximize")
    study.optimize(objective, n_trials=params["trials"])
    model = build(**study.best_params, seed=params["seed"]).fit(inputs, labels)
    with open("models/champion.onnx", "wb") as file:
        file.write(to_onnx(model, inputs[:1].to_numpy()).SerializeToString())


if __name__ == "__main__":
    main()
