package social

import "fairline/adapters/channel/mapped"

// Stats are what came from an account, counted since the adapter was made. Each only grows.
type Stats struct {
	Connects   uint64 // connections to a stream
	Failures   uint64 // connections and requests that failed
	Events     uint64 // that came, from the stream or a gap
	Filled     uint64 // of them from a gap
	Gaps       uint64 // gaps that were too large to be filled
	Repeats    uint64 // events that had come before
	Malformed  uint64 // events that could not be read
	TooLarge   uint64 // events that were larger than EventMax
	Contacts   uint64 // stored by the line
	Duplicates uint64 // that the line had already
	Endings    uint64 // contacts that were taken back
	Early      uint64 // contacts that were taken back before they came, and so are none
	Filtered   uint64 // overheard, and not taken by the filter
	Skipped    uint64 // other events that became nothing, as their mapping says
	Others     uint64 // events that the mapping does not know
	NoAnswer   uint64 // expressions of the mapping that gave none
	KeptBack   uint64 // attributes that the policy does not declare, or forbids
	NotKept    uint64 // contents that are too large to be kept
	Refused    uint64 // by the line, for good
	Retries    uint64 // tries after the line, or who keeps people apart, could not be asked
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
