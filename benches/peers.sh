#!/usr/bin/env bash
# Public CODEOWNERS tools beside mlops-lint: are they right, and how long do they take?
#
#   benches/peers.sh FOLDER                 installs what is missing into FOLDER, judges and times everything, and
#                                           writes the tables of docs/benchmarks.md anew
#   benches/peers.sh FOLDER --correctness   judges only
#   benches/peers.sh FOLDER --paths 10000 --entries 100
#                                           another repository: prints the tables, and leaves the page alone
#
# Needs cargo and git; npm, python3 and hyperfine (a package of that name in Debian and elsewhere) for what they are
# for. What does not install is named, and the others go on. Remove FOLDER to be rid of everything.
set -euo pipefail

readonly root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
readonly page=$root/docs/benchmarks.md

usage() { sed -n '4,8s/^# \{0,3\}//p' "${BASH_SOURCE[0]}" >&2; exit 2; }
step() { printf '==> %s\n' "$*" >&2; }

[[ $# -ge 1 && $1 != -* ]] || usage
mkdir -p "$1/log"
peers=$(cd "$1" && pwd)
shift
missing=()

# install PLACE NAME COMMAND...: runs the command unless PLACE is there; what fails is remembered.
install() {
  local place=$peers/$1 name=$2
  shift 2
  [[ -e $place ]] && return
  step "install $name"
  local log=$peers/log/${name//[^A-Za-z0-9.]/-}
  "$@" >"$log" 2>&1 || true
  [[ -e $place ]] || missing+=("$name (see $log)")
}

crate() {
  install "cargo/$1/bin/$3" "$1 $2 (crate)" cargo install "$1" --version "$2" --locked --root "$peers/cargo/$1"
}

npm_package() {
  install "npm/$1/node_modules/$1" "$1 $2 (npm)" \
    npm install --no-audit --no-fund --loglevel=error --prefix "$peers/npm/$1" "$1@$2"
}

python_package() {
  venv() { python3 -m venv "$1" && "$1/bin/pip" install --quiet "$2==$3" && touch "$1/installed"; }
  install "py/$1/installed" "$1 $2 (PyPI)" venv "$peers/py/$1" "$1" "$2"
}

crate codeowners-lsp 0.18.1 codeowners-cli
crate codeowners-validation 0.4.10 codeowners-validation
# In no registry: asked where somebody has put its program.
[[ -x $peers/cargo/codeowners-validator-rs/bin/codeowners-validator ]] ||
  missing+=("codeowners-validator-rs: no registry has it; put its program into $peers/cargo/codeowners-validator-rs/bin")
npm_package codeowners 5.1.1
npm_package github-codeowners 0.2.1
npm_package @snyk/github-codeowners 1.1.0
npm_package codeowners-utils 1.0.2
npm_package codeowners-audit 2.9.0
python_package codeowners 0.9.0
python_package codeowners-coverage 0.3.1
python_package git-codeowners 1.1.2
python_package codeowners-cli 0.1.0
for name in ${missing[@]+"${missing[@]}"}; do
  printf 'did not install: %s\n' "$name" >&2
done

arguments=("$@")
if ! command -v hyperfine >/dev/null; then
  printf 'there is no hyperfine: nothing is timed\n' >&2
  arguments+=(--correctness)
fi
[[ $* == *--paths* || $* == *--entries* ]] || arguments+=(--page "$page")

cd "$root"
step "build mlops-lint"
cargo build --quiet --release --locked --bin mlops-lint --example peers
exec cargo run --quiet --release --locked --example peers -- \
  --peers "$peers" --ours "${CARGO_TARGET_DIR:-target}/release/mlops-lint" ${arguments[@]+"${arguments[@]}"}
