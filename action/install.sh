#!/usr/bin/env bash
# Puts the mlops-lint of a release into $folder, checked against action/digests.txt; where this checkout is no release, or
# none was built for this machine, says that it has to be built.
#
# Reads INPUT_VERSION, GITHUB_ACTION_PATH, RUNNER_OS, RUNNER_ARCH, RUNNER_TEMP; writes `folder`, `build` and `key` to
# GITHUB_OUTPUT.
set -euo pipefail

readonly releases=https://github.com/mlops-lint/mlops-lint/releases/download
readonly digests=$GITHUB_ACTION_PATH/action/digests.txt

fail() { printf '::error title=mlops-lint::%s\n' "$*" >&2; exit 2; }

case "${RUNNER_OS}-${RUNNER_ARCH}" in
  Linux-X64) target=x86_64-unknown-linux-musl archive=tar.gz ;;
  Linux-ARM64) target=aarch64-unknown-linux-musl archive=tar.gz ;;
  macOS-X64) target=x86_64-apple-darwin archive=tar.gz ;;
  macOS-ARM64) target=aarch64-apple-darwin archive=tar.gz ;;
  Windows-X64) target=x86_64-pc-windows-msvc archive=zip ;;
  *) target="" archive="" ;;
esac

asked=${INPUT_VERSION#v}
[[ $asked =~ ^[0-9A-Za-z.+-]*$ ]] || fail "the version may hold letters, digits and .+- only"
own=$(sed -n 's/^version = "\(.*\)"$/\1/p' "$GITHUB_ACTION_PATH/Cargo.toml" | head -n 1)
version=${asked:-$own}

# One line a file: version, target, SHA-256.
digest=$(awk -v version="$version" -v target="$target" '$1 == version && $2 == target { print $3 }' "$digests")
known=$(awk -v version="$version" '$1 == version { print; exit }' "$digests")
folder=$RUNNER_TEMP/mlops-lint-$version

if [[ -z $digest ]]; then
  # A version that somebody asks for must be one that is known; this checkout can be built whatever it is.
  if [[ -n $asked && $asked != "$own" ]]; then
    [[ -n $known ]] || fail "version $version is not in action/digests.txt of this action: use a newer action, or leave the version out"
    fail "there is no release of version $version for ${RUNNER_OS} on ${RUNNER_ARCH}: leave the version out to build one"
  fi
  sources=$(git -C "$GITHUB_ACTION_PATH" hash-object --no-filters -- "$GITHUB_ACTION_PATH/Cargo.lock")
  tree=$(cd "$GITHUB_ACTION_PATH" && find src policies build.rs Cargo.toml Cargo.lock -type f -print | LC_ALL=C sort |
    git hash-object --no-filters --stdin-paths | git hash-object --stdin)
  folder=$RUNNER_TEMP/mlops-lint-${tree:0:16}
  {
    printf 'folder=%s\n' "$folder"
    printf 'build=true\n'
    printf 'key=mlops-lint-%s-%s-%s-%s\n' "$RUNNER_OS" "$RUNNER_ARCH" "${sources:0:16}" "${tree:0:40}"
  } >>"$GITHUB_OUTPUT"
  exit 0
fi

sha256() { if command -v sha256sum >/dev/null; then sha256sum "$1"; else shasum -a 256 "$1"; fi | cut -d ' ' -f 1; }

mkdir -p "$folder"
name=mlops-lint-$target.$archive
curl --proto '=https' --tlsv1.2 --fail --silent --show-error --location --retry 3 --max-filesize 52428800 \
  --output "$folder/$name" "$releases/v$version/$name" || fail "$name of version $version could not be downloaded"
found=$(sha256 "$folder/$name")
[[ $found == "$digest" ]] || { rm -f "$folder/$name"; fail "$name has the digest $found, and action/digests.txt says $digest"; }
case $archive in
  zip) (cd "$folder" && unzip -q -o "$name") ;;
  *) tar -xzf "$folder/$name" -C "$folder" ;;
esac
{
  printf 'folder=%s\n' "$folder"
  printf 'build=false\n'
} >>"$GITHUB_OUTPUT"
