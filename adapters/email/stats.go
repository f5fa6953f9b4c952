package email

import "maps"

// Stats count what became of mail since the adapter was made. Each mail that was looked at is in one of the first eleven; one
// that was looked at again is counted again.
type Stats struct {
	Taken       uint64         // a ticket of its own
	Joined      uint64         // a contact of a ticket that there was
	Duplicates  uint64         // the line had it
	AutoReplies uint64         // automatic: not queued
	Reports     uint64         // delivery reports, receipts: not queued
	Lists       uint64         // from a mailing list: not queued
	Loops       uint64         // our own mail come back, or one that goes in circles: not queued
	Own         uint64         // from one of our own addresses: not queued
	Unreadable  uint64         // no header, or one over the limits
	Refused     map[int]uint64 // by the line, for good, by code
	Later       uint64         // the line or the vault was not there: tried again
	Kept        uint64         // of Later: an answer that did not come, so the line may have it

	Connected uint64 // links to mailboxes that were made
	Lost      uint64 // and lost, or could not be made
	Recreated uint64 // mailboxes found with another UIDVALIDITY
	Marked    uint64 // mails with a keyword of ours stored
	Moved     uint64

	DoorStrangers  uint64 // connections from elsewhere than Peers
	DoorBusy       uint64 // connections over PeersMax
	DoorRecipients uint64 // recipients refused
	DoorTooLarge   uint64
	DoorBroken     uint64 // mails that broke off
	DoorDisk       uint64 // the spool could not be written

	AcksSent   uint64
	AcksHeld   uint64 // not sent: one was in this window, or the sender is not verified
	AcksOver   uint64 // not sent: over MinuteMax, or the queue of them was full
	AcksFailed uint64

	Heard       uint64 // notices of the line, and those that came again
	TellsSent   uint64 // of ends and places
	TellsHeld   uint64 // not sent: told before, too soon, not verified, or the mail asks for no answer
	TellsFailed uint64 // given up: the server refused it or was away too long, or the mail is not where it was
}

// Stats returns the counts so far.
func (a *Adapter) Stats() Stats {
	a.mutex.Lock()
	defer a.mutex.Unlock()
	s := a.stats
	s.Refused = maps.Clone(s.Refused)
	return s
}

func (a *Adapter) count(f func(s *Stats)) {
	a.mutex.Lock()
	defer a.mutex.Unlock()
	f(&a.stats)
}
