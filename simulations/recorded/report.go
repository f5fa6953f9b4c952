package recorded

// A Reason says why a row is left out.
type Reason string

// The reasons.
const (
	AnotherDay   Reason = "another day"
	Phantom      Reason = "phantom, which the owners say to ignore"
	VoiceMenu    Reason = "hung up in the voice menu without asking for an agent"
	Blank        Reason = "malformed: blank"
	TooLong      Reason = "malformed: longer than a row can be"
	BadShape     Reason = "malformed: fields missing or too many"
	BadDate      Reason = "malformed: date"
	BadPriority  Reason = "malformed: priority"
	BadType      Reason = "malformed: type"
	BadTime      Reason = "malformed: time"
	BadOutcome   Reason = "malformed: outcome"
	BadAgentName Reason = "malformed: server name"
)

// A Mend says what was odd about a row that is kept, and what was done.
type Mend string

// The mends. A row may have several.
const (
	StrayBlank      Mend = "stray blank removed"
	FieldMissing    Mend = "field missing that is not needed"
	PastMidnight    Mend = "went on after midnight"
	ClockBack       Mend = "left the voice menu before entering it: not used"
	WaitDiffers     Mend = "q_time differs from q_exit - q_start: q_time holds"
	EarlyAnswer     Mend = "answered more than 3 s before leaving the queue: q_time holds"
	AtOnceHangUp    Mend = "hung up in the first second of the queue: patience 0"
	ServedAfterHang Mend = "hung up and has service times: not used"
	NoServiceTime   Mend = "answered without service times: borrowed"
	NoAgentName     Mend = "answered by nobody named: an unnamed agent"
	NameRepaired    Mend = "server name repaired (NA had become NO_SERVER)"
)

// A Report counts what became of the rows. Invariant: Rows == Kept + the sum of LeftOut.
type Report struct {
	Rows    int            `json:"rows"` // without the header
	Kept    int            `json:"kept"`
	LeftOut map[Reason]int `json:"left_out"`
	Mended  map[Mend]int   `json:"mended"` // of the rows kept

	Served   int `json:"served"`
	HungUp   int `json:"hung_up"`
	Borrowed int `json:"borrowed"` // service times
}

func (r *Report) keep(c Call, mends []Mend) {
	r.Kept++
	if c.Outcome == Served {
		r.Served++
	} else {
		r.HungUp++
	}
	if !c.Logged {
		r.Borrowed++
	}
	for _, m := range mends {
		r.Mended[m]++
	}
}
