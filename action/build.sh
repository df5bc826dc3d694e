#!/usr/bin/env bash
# Builds mlops-lint from the action's own checkout into $FOLDER.
set -euo pipefail

command -v cargo >/dev/null || {
  echo '::error title=mlops-lint::no release fits this runner, and there is no cargo to build one' >&2
  exit 2
}
mkdir -p "$FOLDER"
cd "$GITHUB_ACTION_PATH"
cargo build --quiet --locked --profile dist --target-dir "$RUNNER_TEMP/mlops-lint-target"
for name in mlops-lint mlops-lint.exe; do
  if [[ -f $RUNNER_TEMP/mlops-lint-target/dist/$name ]]; then
    cp "$RUNNER_TEMP/mlops-lint-target/dist/$name" "$FOLDER/$name"
  fi
done
