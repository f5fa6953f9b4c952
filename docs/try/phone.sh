#!/bin/sh
# Starts a telephone of begin.sh: sh docs/try/phone.sh FOLDER NAME [NUMBER]. With a number it calls; otherwise it answers.
set -eu
cd "$1/$2"
if [ $# -gt 2 ]; then set -- "$1" "$2" -e "/dial sip:$3@127.0.0.1:${TRY_PORT:-24000}"; fi
shift 2
baresip -f . -t 600 -v "$@" >log 2>&1 &
echo $! >pid
