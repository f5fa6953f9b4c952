package webhook

import "fairline/adapters/channel/mapped"

// Stats are what came to an endpoint, counted since the adapter was made. Each only grows.
type Stats struct {
	Requests      uint64 // of every kind
	Challenges    uint64 // answered
	Unverified    uint64 // without a signature, or with a wrong one: 401 and 403
	Stale         uint64 // signed at another time: 401
	TooLarge      uint64 // 413
	Malformed     uint64 // 400 and 415
	Limited       uint64 // over the endpoint's rate, or too many at once: 429 and 503
	Contacts      uint64 // stored by the line
	Duplicates    uint64 // that the line had already
	Endings       uint64 // contacts that were taken back
	Early         uint64 // contacts that were taken back before they came, and so are none
	Old           uint64 // contacts older than Oldest: replays
	Filtered      uint64 // overheard, and not taken by the filter
	Skipped       uint64 // other events that became nothing, as their mapping says
	Others        uint64 // events that the mapping does not know
	NoAnswer      uint64 // expressions of the mapping that gave none
	KeptBack      uint64 // attributes that the policy does not declare, or forbids
	NotKept       uint64 // contents that are too large to be kept
	Replies       uint64 // customers who were told something
	RepliesOver   uint64 // not told: over MinuteMax, or too many at once
	RepliesFailed uint64 // not told: the platform refused, or did not answer

	Refused   uint64 // by the line, for good
	Unreached uint64 // the line, or who keeps people apart, could not be asked: 503
}

// enter counts what became of a contact.
func (s *Stats) enter(e mapped.Entered) {
	switch {
	case e.Early:
		s.Early++
	case e.Duplicate:
		s.Duplicates++
	default:
		s.Contacts++
	}
	if e.NotKept {
		s.NotKept++
	}
}
