//! What is in a generated file, where that counts: no two are alike, and they are as long as usual.

use std::fmt::Write as _;

/// The content of a path: nothing, except where the linter looks inside.
pub fn content(path: &str, serial: usize) -> String {
    match path.rsplit('.').next().unwrap_or_default() {
        "py" => python(serial),
        "yaml" => yaml(serial),
        "ipynb" => notebook(serial),
        "json" => format!("{{\"number\": {serial}}}\n"),
        _ => String::new(),
    }
}

/// About seven thousand bytes of code; one file in eight is a pipeline.
fn python(serial: usize) -> String {
    let start = match serial % 8 {
        0 => "from airflow import DAG\n\nwith DAG(\"daily\") as dag:\n    pass\n",
        1 => "import torch\nfrom torch import nn\n",
        2 => "import mlflow\nfrom sklearn.ensemble import RandomForestClassifier\n",
        _ => "import json\nimport sys\nfrom pathlib import Path\n",
    };
    let mut text = format!("\"\"\"Number {serial}.\n\nfrom kfp import dsl  # in a docstring\n\"\"\"\n\n{start}");
    for part in 0..16 {
        let _ = write!(
            text,
            "\n\ndef step_{part}(rows: list[dict[str, int]], limit: int = {serial}) -> dict[str, float]:\n    \
             \"\"\"Counts what is in the rows.\n\n    Args:\n        rows: as they were read\n        limit: how many\n    \"\"\"\n    \
             total = {{}}  # by name\n    for row in rows[:limit]:\n        name = row.get('name', f\"row-{{limit}}\")\n        \
             total[name] = total.get(name, 0.0) + float(row[\"value\"]) * {part}.5\n    return total\n"
        );
    }
    text
}

/// A manifest of two documents; one file in four serves a model.
fn yaml(serial: usize) -> String {
    let head = if serial.is_multiple_of(4) {
        "apiVersion: serving.kserve.io/v1beta1\nkind: InferenceService\n"
    } else {
        "apiVersion: apps/v1\nkind: Deployment\n"
    };
    let mut text = format!("apiVersion: v1\nkind: Namespace\nmetadata:\n  name: n{serial}\n---\n{head}spec:\n  env:\n");
    for number in 0..40 {
        let _ = writeln!(text, "    - name: VALUE_{number}\n      value: \"{serial}\" # as it was");
    }
    text
}

/// About fifty thousand bytes, most of them a picture.
fn notebook(serial: usize) -> String {
    let picture = "iVBORw0KGgoAAAANSUhEUgAA".repeat(60);
    let cells: Vec<String> = (0..30)
        .map(|cell| {
            format!(
                "{{\"cell_type\": \"code\", \"execution_count\": {cell}, \"metadata\": {{}}, \"outputs\": \
                 [{{\"data\": {{\"image/png\": \"{picture}\"}}, \"output_type\": \"display_data\"}}], \
                 \"source\": [\"import pandas as pd\\n\", \"frame = pd.read_csv('{serial}.csv')\\n\", \"frame.head()\"]}}"
            )
        })
        .collect();
    format!("{{\"cells\": [{}], \"metadata\": {{}}, \"nbformat\": 4, \"nbformat_minor\": 5}}\n", cells.join(",\n"))
}
