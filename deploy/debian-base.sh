#!/bin/sh
# Make a base image of Debian with its own Python, for machines that reach no image registry. Needs root.
# Use: sh deploy/debian-base.sh NAME && make image BASE=NAME
set -eu
name=$1
builder=$(command -v buildah || command -v podman)
if "$builder" inspect --type image "$name" >/dev/null 2>&1; then exit; fi

folder=$(mktemp -d)
trap 'rm -rf --one-file-system "$folder"' EXIT
debootstrap --variant=minbase --include=ca-certificates,python3,python3-venv bookworm "$folder/root" >"$folder/log" ||
    { tail "$folder/log" >&2; exit 1; }
printf 'FROM scratch\nADD root /\nENV LANG=C.UTF-8\n' >"$folder/Dockerfile"
"$builder" build --quiet --tag "$name" "$folder"
