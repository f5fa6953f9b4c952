// Package vault knows which identities (a number, an address, an account) are one customer, and is the only part of the
// program that does. Everybody else sees the customer's key: random text that says nothing.
//
// # Who is one customer
//
// Identities belong to one customer because somebody said so ([Vault.Link], [Vault.Import]), and who is kept with it; never by
// likeness, never because two names look the same. A customer's own word counts where a channel vouches for it at both ends.
//
// What keeps a forger out. A contact whose channel does not vouch for the sender (a From without an aligned DMARC pass, a
// caller id that nobody attests) finds the customer of that identity, and that is all: it adds no identity, vouches for none,
// and changes nothing that the customer has. The adapter hands it in as unverified, so that the engine joins nothing to it
// (ADR 37); the vault keeps it in a list of its own, bounded by itself, which is shown as perhaps and cannot push a real
// contact out. Whoever shows [Vault.Recent] beside an unverified contact shows all of it as perhaps: the caller may be
// somebody else.
//
// An identity that was only ever claimed is a customer like others until a channel vouches for it; then it is the same
// customer, and what was claimed before stays perhaps. Who talks somebody at a desk into a link has it: the link has that name
// in it, and [Vault.Unlink] takes it back.
//
// # What is stored
//
// Rows of a [Store], in JetStream the bucket FL_VAULT:
//
//	k.SITE.KEY    the customer's data key, wrapped by the site key with the id SITE; written once
//	i.HASH.MAC    the customer's key; MAC is HMAC-SHA-256 of kind and identity by the hash key with the id HASH; written once
//	p.KEY         identities, links and who said so, sealed with the data key
//	c.KEY, q.KEY  contacts, and those that are perhaps the customer's, sealed with the data key
//	m.HASH        what a contact said: its customer's key, and the text sealed with the data key; HASH is of adapter and id
//	n.SITE.HASH   the same of a contact of nobody's, sealed with the site key
//	check.*       tells at the start whether the keys are those of the store
//
// The rows of contents are in a bucket of their own, FL_CONTENT, and go with their age.
//
// Everything is sealed with AES-256-GCM under its row's name, so that no row can stand in for another. The site and hash keys
// are in a file outside the store ([ReadKeys]). Whoever has the store alone reads nothing; whoever has the keys too reads all.
//
// # Erasing
//
// [Vault.Erase] overwrites the data key and the identities' rows in the store's files, which makes every older copy of the
// other rows noise, and removes the rest; contents, noise too by then, go with their age. The journal has only the random key and stays verifiable. The next contact is a new
// customer. It cannot reach copies: keep backups of the store and of the key file apart, and let both expire within 30 days. A
// file system or a disk that writes elsewhere than it overwrites keeps old blocks for a while: encrypt the disk.
//
// # Steps and crashes
//
// A row is changed in one step, an operation in several. The customer's p row is the truth: an i row that it does not have
// counts for nothing. After a crash between steps everything goes on as before the operation or as behind it; an identity that
// was being taken from its customer may be nobody's, and is a new customer's with the next contact. [Vault.Mend] completes
// what was left and removes what leads nowhere; it is called at the start. One process at a time may have a vault open; the
// lock of the bus's store sees to it.
package vault
