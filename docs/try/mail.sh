#!/bin/sh
# Puts a mail into the mailbox of begin.sh, as a mail server does that found out who wrote it: sh docs/try/mail.sh FOLDER SENDER TEXT.
set -eu
cat <<END | PATH=$PATH:/usr/lib/dovecot dovecot-lda -c "$1/dovecot.conf" -d line -f "$2"
Authentication-Results: mx.example.org; dmarc=pass header.from=${2#*@}
Message-ID: <$(date +%s%N)@${2#*@}>
Date: $(date -R)
From: <$2>
To: <help@example.org>
Subject: $3

$3.
END
