#!/usr/bin/env bash
# pack.sh TARGET FOLDER: the archive of a target's binary, with its licences, manual pages and completions.
#
# The same input gives the same bytes: names in order, no owner, and the date of the commit.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

readonly target=$1
out=$2
built=target/$target/dist/mlops-lint
[[ -f $built ]] || built=$built.exe
stage=$(mktemp -d)
trap 'rm -rf "$stage"' EXIT

cp "$built" LICENSE-MIT LICENSE-APACHE README.md CHANGELOG.md "$stage/"
mkdir "$stage/man" "$stage/completions"
"$built" man >"$stage/man/mlops-lint.1"
for command in $("$built" --help | sed -n '/^Commands:/,/^$/s/^  \([a-z]*\) .*/\1/p' | grep -v '^help$'); do
  "$built" man "$command" >"$stage/man/mlops-lint-$command.1"
done
for shell in bash zsh fish powershell elvish; do
  "$built" completions "$shell" >"$stage/completions/mlops-lint.$shell"
done

mkdir -p "$out"
out=$(cd "$out" && pwd)
when=$(git log -1 --format=%ct)
case $target in
  *windows*)
    (cd "$stage" && find . -exec touch -d "@$when" {} + && 7z a -tzip -mtc=off "$out/mlops-lint-$target.zip" ./* >/dev/null)
    ;;
  *)
    tar=tar
    command -v gtar >/dev/null && tar=gtar
    (cd "$stage" && find . -type f | sed 's|^\./||' | LC_ALL=C sort |
      "$tar" --owner=0 --group=0 --numeric-owner --mode='u+rw,go+r,go-w' --mtime="@$when" -cf - -T -) |
      gzip -n -9 >"$out/mlops-lint-$target.tar.gz"
    ;;
esac
