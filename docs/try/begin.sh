#!/bin/sh
# Makes a folder to try the channels in, and starts what is no part of fairline: a mail server with one mailbox (Dovecot), and a stand-in
# for a Mastodon server. sh docs/try/begin.sh FOLDER; sh docs/try/end.sh FOLDER ends it. Ports are 24000 to 24007 of this machine, or
# from TRY_PORT on. As root Dovecot runs as its own users; otherwise as you.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
port=${TRY_PORT:-24000}
mkdir "$1"
cd "$1"
try=$(pwd)
chmod 711 .

# What fairline reads.
cp "$here/policy.yaml" .
echo secret >mail-password
echo none >mastodon-token
chmod 600 mail-password mastodon-token
cat >channels.yaml <<END
phone:
  udp: 127.0.0.1:$port
  tcp: 127.0.0.1:$port
  region: PT
  trunks: [127.0.0.0/8]              # calls from here carry true numbers
  agents: [{name: ben, uri: "sip:ben@127.0.0.1:$((port + 1))"}]
email:
  state: mail-state
  mailboxes: [{address: "127.0.0.1:$((port + 3))", security: none, user: line, password_file: mail-password}]
  authorities: [mx.example.org]      # whose word about a sender is believed
social:
  store: streams
  mastodon: [{name: ours, server: "http://127.0.0.1:$((port + 4))", token: mastodon-token, mapping: mastodon, words: [acme]}]
END

# A mailbox.
me=$(id -un) group=$(id -gn) login=$me
if [ "$(id -u)" = 0 ]; then me=dovecot group=dovecot login=dovenull; fi
mkdir mail home
chown "$me" mail home
cat >dovecot.conf <<END
base_dir = $try/run
state_dir = $try/run
log_path = $try/dovecot.log
protocols = imap
ssl = no
disable_plaintext_auth = no
default_internal_user = $me
default_internal_group = $group
default_login_user = $login
first_valid_uid = 1
first_valid_gid = 1
mail_location = maildir:$try/mail
service anvil {
  chroot =
}
service imap-login {
  chroot =
  inet_listener imap {
    address = 127.0.0.1
    port = $((port + 3))
  }
  inet_listener imaps {
    port = 0
  }
}
service stats {
  chroot =
  unix_listener stats-writer {
    mode = 0666
  }
}
passdb {
  driver = static
  args = password=secret
}
userdb {
  driver = static
  args = uid=$(id -u "$me") gid=$(getent group "$group" | cut -d: -f3) home=$try/home
}
END
PATH=$PATH:/usr/sbin dovecot -c dovecot.conf >dovecot.out 2>&1 || { cat dovecot.out; exit 1; }

# A stream.
go build -o mastodon "$here/mastodon.go"
./mastodon "127.0.0.1:$((port + 4))" >mastodon.log 2>&1 &
echo $! >mastodon.pid

# Two telephones, which say nothing aloud: the sound that ben and ana make is a file.
phone() {
	mkdir "$1"
	{
		printf 'RIFF\044\161\002\000WAVEfmt \020\000\000\000\001\000\001\000\100\037\000\000\200\076\000\000\002\000\020\000data\000\161\002\000'
		head -c 160000 /dev/urandom # ten seconds of noise
	} >"$1/tone.wav"
	echo "$3" >"$1/accounts"
	: >"$1/contacts"
	echo "$1" >"$1/uuid"
	cat >"$1/config" <<END
sip_listen 127.0.0.1:$2
audio_source aufile,$try/$1/tone.wav
audio_player aubridge,out
audio_alert aubridge,ring
snd_path $try/$1
module_path /usr/lib/baresip/modules
module g711.so
module aufile.so
module aubridge.so
module sndfile.so
module_tmp uuid.so
module_tmp account.so
module_app menu.so
END
}
phone ben $((port + 1)) "<sip:ben@127.0.0.1:$port>;regint=0;answermode=auto;audio_codecs=pcmu"
phone ana $((port + 6)) "<sip:+351210000000@127.0.0.1:$port>;regint=0;audio_codecs=pcmu"
echo "ready: fairline serve --store $1/store --policy $1/policy.yaml --channels $1/channels.yaml"
