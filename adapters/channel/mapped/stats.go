package mapped

// Stats are what became of the events of a source. Each only grows.
type Stats struct {
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
}

// Enter counts what became of a contact.
func (s *Stats) Enter(e Entered) {
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
