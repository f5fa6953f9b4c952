package email

import (
	"strings"
	"testing"
)

// A kind of mail as real mailboxes contain it, with what it must become: its class, whose it is (+: verified), and whether its
// author may be answered. LF stands for the ends of lines.
type kind struct{ name, text, class, author string }

const (
	mx    = "Authentication-Results: mx.bank.example; spf=pass smtp.mailfrom=a.example; dkim=pass header.d=a.example; dmarc=pass (p=REJECT) header.from=a.example\n"
	ann   = "From: Ann <ann@a.example>\n"
	dated = "Date: Mon, 2 Nov 2026 10:00:00 +0000\nMessage-ID: <1@a.example>\n"
)

var kinds = []kind{
	// What people write, with what they write.
	{"Outlook", mx + dated + ann + "X-Mailer: Microsoft Outlook 16.0\nThread-Index: AdwX==\nX-MS-Has-Attach:\nX-MS-TNEF-Correlator:\nX-MS-Exchange-Organization-SCL: -1\nImportance: High\n", "customer", "ann@a.example+"},
	{"Outlook, TNEF", mx + dated + ann + "Content-Type: application/ms-tnef; name=\"winmail.dat\"\nX-MS-TNEF-Correlator: <1@a.example>\n", "customer", "ann@a.example+"},
	{"Exchange, no answers wanted", mx + dated + ann + "X-Auto-Response-Suppress: DR, RN, NRN, OOF, AutoReply\n", "customer", "ann@a.example+"},
	{"Gmail", mx + dated + ann + "X-Google-DKIM-Signature: v=1; b=x\nX-Gm-Message-State: x\nARC-Authentication-Results: i=1; mx.bank.example; dmarc=fail header.from=a.example\nARC-Seal: i=1\n", "customer", "ann@a.example+"},
	{"Apple", mx + dated + ann + "X-Mailer: iPhone Mail (20H350)\nMime-Version: 1.0 (1.0)\nX-Universally-Unique-Identifier: 1\n", "customer", "ann@a.example+"},
	{"asks for a receipt", mx + dated + ann + "Disposition-Notification-To: ann@a.example\nReturn-Receipt-To: ann@a.example\n", "customer", "ann@a.example+"},
	{"S/MIME, signed", mx + dated + ann + "Content-Type: multipart/signed; protocol=\"application/pkcs7-signature\"; micalg=sha-256; boundary=x\n", "customer", "ann@a.example+"},
	{"S/MIME, sealed", mx + dated + ann + "Content-Type: application/pkcs7-mime; smime-type=enveloped-data; name=smime.p7m\n", "customer", "ann@a.example+"},
	{"PGP", mx + dated + ann + "Content-Type: multipart/encrypted; protocol=\"application/pgp-encrypted\"; boundary=x\nAutocrypt: addr=ann@a.example; keydata=x\n", "customer", "ann@a.example+"},
	{"an invitation by a person", mx + dated + ann + "Content-Class: urn:content-classes:calendarmessage\nContent-Type: multipart/alternative; boundary=x\n", "customer", "ann@a.example+"},
	{"an invitation by Google", mx + dated + ann + "Sender: Google Calendar <calendar-notification@google.example>\nAuto-Submitted: auto-generated\n", "auto-reply", "ann@a.example+"},
	{"a secretary", mx + dated + ann + "Sender: Sue <sue@a.example>\n", "customer", "ann@a.example+"},
	{"Reply-To of a person", mx + dated + ann + "Reply-To: Ann at home <ann@home.example>\n", "customer", "ann@a.example+"},
	{"forwarded by hand", mx + dated + ann + "Resent-From: ben@b.example\nResent-Message-ID: <2@b.example>\nX-Forwarded-To: help@bank.example\n", "customer", "ann@a.example+"},
	{"forwarded by a rule of Exchange", mx + dated + ann + "X-MS-Exchange-Inbox-Rules-Loop: ann@a.example\n", "customer", "ann@a.example+"},
	{"forwarded, with SRS", mx + dated + "Return-Path: <SRS0=x=y=a.example=ann@fwd.example>\n" + ann, "customer", "ann@a.example+"},
	{"spam that says so", dated + ann + "X-Spam-Flag: YES\n", "customer", "ann@a.example"},
	{"a subject like a car's", mx + dated + ann + "Subject: Auto: Schaden am Wagen\n", "customer", "ann@a.example+"},
	{"an answer to a vacation", mx + dated + ann + "Subject: Re: Automatic reply: loan\nIn-Reply-To: <9@bank.example>\n", "customer", "ann@a.example+"},
	{"about an office", mx + dated + ann + "Subject: Nobody is out of the office here\n", "customer", "ann@a.example+"},

	// Answers of programs, most of them with the fields of the standard, some without.
	{"vacation of Gmail", mx + dated + ann + "Precedence: bulk\nX-Autoreply: yes\nAuto-Submitted: auto-replied\nSubject: On holiday Re: your loan\n", "auto-reply", "ann@a.example+"},
	{"vacation of Exchange", mx + dated + ann + "Subject: Automatische Antwort: Ihr Kredit\nX-Auto-Response-Suppress: All\nAuto-Submitted: auto-generated\nX-MS-Exchange-Inbox-Rules-Loop: ann@a.example\n", "auto-reply", "ann@a.example+"},
	{"vacation of sieve", mx + dated + ann + "Subject: Auto: your loan\nAuto-Submitted: auto-replied (vacation)\nIn-Reply-To: <9@bank.example>\n", "auto-reply", "ann@a.example+"},
	{"vacation, comment first", mx + dated + ann + "Auto-Submitted: (a program) auto-replied\n", "auto-reply", "ann@a.example+"},
	{"vacation, said twice", mx + dated + ann + "Auto-Submitted: no\nAuto-Submitted: auto-replied\n", "auto-reply", "ann@a.example+"},
	{"vacation of an old Exchange", mx + dated + ann + "Subject: Out of Office AutoReply: your loan\n", "auto-reply", "ann@a.example+"},
	{"vacation of Lotus", mx + dated + ann + "Subject: AUTO: Ann Smith is out of the office (returning 23/11/2026)\n", "auto-reply", "ann@a.example+"},
	{"vacation of an older Lotus", mx + dated + ann + "Subject: Ann Smith is out of the office.\nIn-Reply-To: <9@bank.example>\n", "auto-reply", "ann@a.example+"},
	{"vacation in French", mx + dated + ann + "Subject: =?iso-8859-1?Q?R=E9ponse_automatique=A0:_votre_pr=EAt?=\n", "auto-reply", "ann@a.example+"},
	{"vacation in French, Windows", mx + dated + ann + "Subject: =?windows-1252?Q?R=E9ponse_automatique_:_votre_pr=EAt?=\n", "auto-reply", "ann@a.example+"},
	{"vacation in Spanish", mx + dated + ann + "Subject: =?UTF-8?B?UmVzcHVlc3RhIGF1dG9tw6F0aWNhOiBzdSBwcsOpc3RhbW8=?=\n", "auto-reply", "ann@a.example+"},
	{"vacation in Portuguese, raw", mx + dated + ann + "Subject: Resposta automática: empréstimo\n", "auto-reply", "ann@a.example+"},
	{"vacation in Polish", mx + dated + ann + "Subject: =?utf-8?q?Odpowied=C5=BA_automatyczna=3A_kredyt?=\n", "auto-reply", "ann@a.example+"},
	{"vacation in Japanese", mx + dated + ann + "Subject: =?utf-8?b?6Ieq5YuV5b+c562UOiDono3os4c=?=\n", "auto-reply", "ann@a.example+"},
	{"vacation of cPanel", mx + dated + ann + "X-Autorespond: your loan\nPrecedence: auto_reply\n", "auto-reply", "ann@a.example+"},
	{"vacation of FirstClass", mx + dated + ann + "X-FC-MachineGenerated: true\n", "auto-reply", "ann@a.example+"},
	{"Precedence: auto-reply", mx + dated + ann + "Precedence: auto-reply\n", "auto-reply", "ann@a.example+"},
	{"another ticket system", mx + dated + "From: Help of A <ann@a.example>\nAuto-Submitted: auto-generated\nX-Auto-Response-Suppress: All\nX-Mailer: Zendesk Mailer\n", "auto-reply", "ann@a.example+"},
	{"cron", dated + "From: Cron Daemon <root@a.example>\nAuto-Submitted: auto-generated\nX-Cron-Env: <SHELL=/bin/sh>\n", "auto-reply", "root@a.example"},

	// Reports.
	{"NDR of Exchange", dated + "From: <postmaster@a.example>\nContent-Type: multipart/report; report-type=delivery-status;\n\tboundary=\"x\"\nX-MS-Exchange-Message-Is-Ndr:\n", "report", "postmaster@a.example"},
	{"NDR of Exchange, its own address", dated + "From: Microsoft Outlook\n <MicrosoftExchange329e71ec88ae4615bbc36ab6ce41109e@a.example>\nSubject: Undeliverable: x\n", "report", "microsoftexchange329e71ec88ae4615bbc36ab6ce41109e@a.example"},
	{"bounce of sendmail, no report", dated + "From: Mail Delivery Subsystem <MAILER-DAEMON@a.example>\nSubject: Returned mail: see transcript for details\n", "report", "mailer-daemon@a.example"},
	{"bounce of qmail", dated + "From: MAILER-DAEMON@a.example\nSubject: failure notice\nReturn-Path: <>\n", "report", "mailer-daemon@a.example"},
	{"bounce of Exim", dated + "From: Mail Delivery System <Mailer-Daemon@a.example>\nX-Failed-Recipients: x@a.example\nAuto-Submitted: auto-replied\n", "report", "mailer-daemon@a.example"},
	{"bounce of a machine without a name", dated + "From: MAILER-DAEMON (Mail Delivery System)\nSubject: Undelivered Mail Returned to Sender\n", "report", ""},
	{"bounce from nobody", dated + "From: <>\nSubject: Mail delivery failed\n", "report", ""},
	{"bounce of a postmaster", dated + "From: postmaster@a.example\nSubject: Unzustellbar: Ihr Kredit\n", "report", "postmaster@a.example"},
	{"a postmaster who is a person", mx + dated + "From: postmaster@a.example\nSubject: our loan\n", "customer", "postmaster@a.example+"},
	{"read receipt", mx + dated + ann + "Content-Type: multipart/report; report-type=disposition-notification; boundary=x\n", "report", "ann@a.example+"},
	{"read receipt of Outlook", mx + dated + ann + "Content-class: urn:content-classes:mdn\nSubject: Read: your loan\nContent-Type: multipart/mixed; boundary=x\n", "report", "ann@a.example+"},
	{"feedback loop, ARF", dated + "From: <fbl@yahoo.example>\nContent-Type: multipart/report; report-type=feedback-report; boundary=x\n", "report", "fbl@yahoo.example"},
	{"report of DMARC", dated + "From: noreply-dmarc-support@google.example\nSubject: Report domain: bank.example Submitter: google.example Report-ID: 1\nContent-Type: application/zip\n", "report", "noreply-dmarc-support@google.example"},
	{"report of TLS", dated + "From: tls@google.example\nTLS-Report-Domain: bank.example\nContent-Type: multipart/report; report-type=tlsrpt; boundary=x\n", "report", "tls@google.example"},

	// Lists and marketing.
	{"Mailman", dated + ann + "List-Id: Friends <friends.a.example>\nList-Post: <mailto:friends@a.example>\nPrecedence: list\nX-Mailman-Version: 2.1\nX-BeenThere: friends@a.example\n", "list", "ann@a.example"},
	{"Google Groups", dated + ann + "Mailing-list: list friends@groups.example\nList-ID: <friends.groups.example>\nX-Google-Group-Id: 1\nARC-Seal: i=2\n", "list", "ann@a.example"},
	{"newsletter, RFC 8058", mx + dated + ann + "List-Unsubscribe: <https://a.example/off>\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\nFeedback-ID: 1:2\n", "list", "ann@a.example+"},
	{"our own group", dated + ann + "List-Id: <help.bank.example>\nPrecedence: list\nReply-To: help@bank.example\n", "customer", "ann@a.example"},
	{"our own group, which writes in its own name", mx + dated + "From: 'Ann' via Help <help@bank.example>\nX-Original-From: Ann <ann@a.example>\nReply-To: Ann <ann@a.example>\nList-Id: <help.bank.example>\n", "customer", "ann@a.example"},

	// Programs that write for people, and those that write for nobody.
	{"a web form", mx + dated + "From: Bank's site <site@a.example>\nReply-To: Ann <ann@home.example>\nX-Mailer: PHPMailer 6\n", "customer", "ann@home.example"},
	{"a web form that says that it is a program", mx + dated + "From: site@a.example\nReply-To: ann@home.example\nAuto-Submitted: auto-generated\nPrecedence: bulk\nList-Unsubscribe: <https://x>\n", "customer", "ann@home.example"},
	{"a web form without the visitor", mx + dated + "From: site@a.example\n", "customer", "site@a.example"},
	{"a web form that answers itself", mx + dated + "From: site@a.example\nReply-To: help@bank.example\n", "customer", "site@a.example"},
	{"a web form with two visitors", mx + dated + "From: site@a.example\nReply-To: ann@home.example, ben@home.example\n", "customer", "site@a.example"},
	{"a web form in our own name", dated + "From: form@bank.example\nReply-To: ann@home.example\n", "customer", "ann@home.example"},
	{"our own form's notice", dated + "From: form@bank.example\n", "own", "form@bank.example"},
	{"a marketplace", mx + dated + "From: Ann via Market <no-reply@a.example>\nReply-To: b-17@market.example\n", "customer", "b-17@market.example"},
	{"noreply", mx + dated + "From: noreply@a.example\n", "customer", "noreply@a.example"},
	{"noreply, automatic", mx + dated + "From: do-not-reply@a.example\nAuto-Submitted: auto-generated\n", "auto-reply", "do-not-reply@a.example"},

	// Mail with something missing, or too much of it.
	{"no Date", "Message-ID: <1@a.example>\n" + ann, "customer", "ann@a.example"},
	{"no Message-ID", "Date: Mon, 2 Nov 2026 10:00:00 +0000\n" + ann, "customer", "ann@a.example"},
	{"no From, a Sender", dated + "Sender: ann@a.example\n", "customer", "ann@a.example"},
	{"no From, a Reply-To", dated + "Reply-To: ann@a.example\n", "customer", "ann@a.example"},
	{"nobody at all", dated + "To: help@bank.example\n", "customer", ""},
	{"an empty From", dated + "From:\n", "customer", ""},
	{"spaces before the colon", dated + "From : ann@a.example\nAuto-Submitted : auto-replied\n", "auto-reply", "ann@a.example"},
	{"From: Undisclosed", dated + "From: undisclosed-recipients:;\n", "customer", ""},
	{"two From", mx + dated + ann + "From: Ben <ben@b.example>\n", "customer", "ann@a.example"},
	{"a From that is too long to be read", mx + dated + "From: " + strings.Repeat("()", authorMax/2) + "ann@a.example\n", "customer", ""},
	{"a From as long as is read", mx + dated + "From: " + strings.Repeat("()", authorMax/2-10) + "ann@a.example\n", "customer", "ann@a.example"},
	{"a charset that there is not", mx + dated + "From: =?x-unheard-of?q?=FF=00?= <ann@a.example>\nContent-Type: text/plain; charset=x-unheard-of\n", "customer", "ann@a.example+"},
	{"raw Latin-1", mx + dated + "From: J\xf6rg <ann@a.example>\nSubject: Gr\xfc\xdfe\n", "customer", "ann@a.example+"},
	{"a broken Content-Type", mx + dated + ann + "Content-Type: text/plain; charset=\"utf-8; name==\n", "customer", "ann@a.example+"},
	{"a line that is no field", mx + dated + ann + "This is no field\nX: y\n", "customer", "ann@a.example+"},
}

// TestKindsOfMail holds each kind to its class and author.
func TestKindsOfMail(t *testing.T) {
	a := newAdapter(t, Config{Authorities: []string{"mx.bank.example"}, Own: []string{"help@bank.example", "form@bank.example"},
		Lists: []string{"<help.bank.example>"}, Forms: []string{"site@a.example", "form@bank.example"}})
	for _, k := range kinds {
		h := headOf(t, strings.ReplaceAll(k.text, "\n", "\r\n")+"\r\nA body.\r\n")
		who := a.author(h)
		got := who.addr
		if who.verified {
			got += "+"
		}
		if class := className[a.classify(h)]; class != k.class || got != k.author {
			t.Errorf("%s: %s of %q, want %s of %q", k.name, class, got, k.class, k.author)
		}
	}
}

// TestWhoIsNotAnswered, though their mail is queued: whom nobody vouches for, and addresses that nobody reads.
func TestWhoIsNotAnswered(t *testing.T) {
	a := newAdapter(t, Config{Ack: ackAt("127.0.0.1:1")})
	for from, want := range map[string]bool{"ann@a.example": true, "noreply@a.example": false, "No-Reply@a.example": false, "shop-noreply@a.example": false,
		"donotreply@a.example": false, "do_not_reply+17@a.example": false, "noreplyford@a.example": true, "bounce@a.example": true} {
		h := headOf(t, "From: "+from+"\r\n\r\n")
		if got := a.mayAnswer(h, a.author(h)); got != want {
			t.Errorf("%s is answered: %t, want %t", from, got, want)
		}
	}
}
