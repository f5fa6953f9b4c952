// Package email is the channel adapter for mail. A mail comes from an IMAP mailbox, which keeps it, or through a door that
// speaks LMTP or SMTP to a mail server in front, and is then kept in a spool. Its header decides what it is: a customer's mail
// becomes a contact of the line; automatic replies, delivery reports, lists, loops and our own mail are counted and left where
// they are. Nothing but the header is read, and nothing of it but hashes reaches the line.
//
// A mail is marked, or answered for, after the line has stored its contact, so a crash between the two hands it in again. It is
// then the same contact, because its ID is a hash of the mail: nothing is lost and nothing is there twice.
package email
