#!/usr/bin/env bash
# notes.sh TAG FOLDER: the release's text: its part of the changelog, and the lines for action/digests.txt.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

version=${1#v}
awk -v heading="## $version" 'index($0, heading) == 1 { on = 1; next } /^## / { on = 0 } on' CHANGELOG.md
printf '\n%s\n\n' 'Lines for action/digests.txt:'
for file in "$2"/mlops-lint-*.tar.gz "$2"/mlops-lint-*.zip; do
  [[ -f $file ]] || continue
  target=${file##*/mlops-lint-}
  target=${target%.tar.gz}
  printf '    %s %s %s\n' "$version" "${target%.zip}" "$(sha256sum "$file" | cut -d ' ' -f 1)"
done
