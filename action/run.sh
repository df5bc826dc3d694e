#!/usr/bin/env bash
# Runs the check: annotations and log on standard output, the step summary, SARIF, and the step's outputs.
#
# All inputs come through the environment and reach the linter as whole arguments: nothing of them is ever part of a
# script.
set -euo pipefail

fail() { printf '::error title=mlops-lint::%s\n' "$*" >&2; exit 2; }

linter=$FOLDER/mlops-lint
[[ -x $linter ]] || linter=$FOLDER/mlops-lint.exe
[[ -x $linter ]] || fail "there is no mlops-lint in $FOLDER"

report=$RUNNER_TEMP/mlops-lint-report.json
summary=$RUNNER_TEMP/mlops-lint-summary.md
rm -f "$report" "$summary"

arguments=(check --format "$INPUT_FORMAT" --format "json=$report" --format "markdown=$summary")
option() { [[ -z $2 ]] || arguments+=("$1=$2"); }
# An output is a line: a file's name must not write another one.
[[ $INPUT_SARIF_FILE != *[$'\n\r']* ]] || fail "sarif-file holds a line break"

option --policy "$INPUT_POLICY"
option --floor "$INPUT_FLOOR"
option --fail-on "$INPUT_FAIL_ON"
option --baseline "$INPUT_BASELINE"
[[ -z $INPUT_SARIF_FILE ]] || arguments+=(--format "sarif=$INPUT_SARIF_FILE")

case $INPUT_CHANGED_SINCE in
  all) ;;
  "") option --changed-since "$EVENT_BASE" ;;
  *) option --changed-since "$INPUT_CHANGED_SINCE" ;;
esac
# A policy that is named is not the change's own.
case $INPUT_POLICY_FROM in
  head) ;;
  "") [[ -n $INPUT_POLICY ]] || option --policy-from "$EVENT_BASE" ;;
  *) option --policy-from "$INPUT_POLICY_FROM" ;;
esac

# Words, without the shell's reading of them: no quotes, no patterns, no variables.
if [[ -n $INPUT_ARGS ]]; then
  read -r -d '' -a words <<<"$INPUT_ARGS" || true
  arguments+=("${words[@]}")
fi

code=0
"$linter" "${arguments[@]}" -- "$INPUT_PATH" || code=$?

# A run that could not check has written no report, and its reason stands in the log.
count() { sed -n 's/^ *"'"$1"'": \([0-9][0-9]*\),\{0,1\}$/\1/p' "$report" | head -n 1; }
if [[ -s $report ]]; then
  errors=$(count error) warnings=$(count warning) infos=$(count info)
  {
    printf 'findings=%s\n' "$((errors + warnings + infos))"
    printf 'errors=%s\n' "$errors"
    [[ -z $INPUT_SARIF_FILE || ! -s $INPUT_SARIF_FILE ]] || printf 'sarif=%s\n' "$INPUT_SARIF_FILE"
  } >>"$GITHUB_OUTPUT"
fi
[[ ! -s $summary ]] || cat "$summary" >>"$GITHUB_STEP_SUMMARY"
exit "$code"
