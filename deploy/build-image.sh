#!/bin/sh
# Build the production image with buildah, or with podman if buildah is missing.
# IMAGE names it, BASE names the image it stands on; PIP_INDEX_URL and PIP_CERT are handed to pip.
set -eu
cd "$(dirname "$0")/.."

builder=$(command -v buildah || command -v podman) || {
    echo "buildah or podman is missing: install one of them to build the image." >&2
    exit 1
}
export BUILDAH_ISOLATION="${BUILDAH_ISOLATION:-chroot}" # needs no runtime, and works inside a container

set -- --format docker --tag "${IMAGE:-banqup-exact}" # OCI's own format has no health check
[ -z "${BASE:-}" ] || set -- "$@" --build-arg "BASE=$BASE"
[ -z "${PIP_INDEX_URL:-}" ] || set -- "$@" --build-arg "PIP_INDEX_URL=$PIP_INDEX_URL"
[ -z "${PIP_CERT:-}" ] || set -- "$@" --build-arg "PIP_CERT=$PIP_CERT" --volume "$PIP_CERT:$PIP_CERT:ro"
"$builder" build "$@" .
