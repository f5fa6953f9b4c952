#!/bin/sh
# Ends a telephone of phone.sh, with the call that it has: sh docs/try/hang-up.sh FOLDER NAME.
kill -INT "$(cat "$1/$2/pid")"
