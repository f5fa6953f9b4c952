#!/bin/sh
# Ends what begin.sh and phone.sh started: sh docs/try/end.sh FOLDER. The daemon is not theirs, and goes on; the folder stays, and rm -r
# takes it away.
cd "$1" || exit 1
for pid in */pid *.pid run/master.pid; do
	if [ -f "$pid" ]; then kill "$(cat "$pid")" 2>/dev/null; fi
done
exit 0
