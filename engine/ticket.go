package engine

// A handle is a slot of the tickets' slab; 0 is nobody.
type handle = uint32

type ticketState uint8

const (
	free    ticketState = iota // the slot is not in use
	waiting                    // in its register and in the index
	offered                    // in the index only: its position still counts who passes it
	serving                    // with an agent
	held                       // nowhere: it keeps its place until it is released
)

// A ticket is one customer's matter while the line knows it. Its class and demand say in which register it waits.
type ticket struct { // what each decision reads stands together
	place   Place    // where it stands by arrival; it changes only where the policy says so
	opened  Duration // the open clock at place.Arrived
	key     int64    // where its register is not steady: its key there
	next    handle   // the next later one in its register
	prev    handle
	pos     int32   // in the index
	attempt uint32  // offers so far
	slips   slips   // in the index: what to take off the marks after its position; else how often it was overtaken
	offer   uint32  // slot of its offer, while offered or serving
	heapPos int32   // in its register's heap
	oddPos  int32   // in its register's list of odd ones, -1: not odd
	timer   int32   // position of its timer, -1: none
	head    handle  // the first contact of its ticket; 0: itself
	mate    handle  // the next contact of its ticket
	cools   uint32  // first of its cool-offs
	has     uint32  // which of its attributes were carried
	rang    OfferID // the offer since which it does not wait but is under offer
	home    ClassID // its own class + 1, while that is over its limit
	class   ClassID
	demand  DemandID
	state   ticketState
	why     Cause // held: by what
	step    uint8 // of relaxation
	given   uint8 // which of its needs the policy added
	tries   uint8 // callbacks that failed
	called  bool  // its customer does not hold on: an agent calls back
	moved   bool  // a supervisor wants it next
	counts  bool  // for its ticket when overtakings are counted
	gone    bool  // the contact left; it is only the name of its ticket
	decline uint8 // different agents who missed it
	far     bool  // overheard
	indexed bool  // it has a position in the index
	listed  bool  // it is in its register
	odd     bool  // its slips do not fall with its place, see register.odd
	loose   bool  // it is not in Engine.sum

	id      Key  // what the outside calls it; zero: not remembered
	same    Word // what it has in common with others of one customer and matter, see Policy.Join
	who     Word // its customer, where verified
	matter  Word
	due     Instant
	values  [ValuesMax]int64
	until   Instant  // held: its end
	toUntil Instant  // how long it is for the agent in to
	asked   Instant  // when its needs were set
	relax   Duration // the open clock at its next relaxation; None: none comes
	to      AgentID  // whom it was transferred to; 0: nobody in particular
}

// slips is a count for each protection that counts for a ticket's class, the first one for the whole line.
type slips [1 + CountersMax]int32

// tickets is the slab of all tickets.
type tickets struct {
	slab []ticket
	free handle // first of the unused ones, chained by next
	ids  directory
}

func (s *tickets) at(h handle) *ticket { return &s.slab[h] }

// find returns the handle of a ticket, or 0 when it ended or never was.
func (s *tickets) find(id TicketID) handle { return s.ids.get(uint64(id)) }

func (s *tickets) add(id TicketID) handle {
	h := s.free
	if h == 0 {
		if len(s.slab) == 0 {
			s.slab = append(s.slab, ticket{})
		}
		s.slab = append(s.slab, ticket{})
		h = handle(len(s.slab) - 1)
	} else {
		s.free = s.slab[h].next
	}
	t := &s.slab[h] // all zero, but for next
	t.next, t.oddPos, t.heapPos, t.timer, t.relax, t.counts = 0, -1, -1, -1, None, true
	s.ids.put(uint64(id), h)
	return h
}

func (s *tickets) drop(h handle) {
	t := &s.slab[h]
	s.ids.drop(uint64(t.place.Seq))
	*t = ticket{}
	t.next, s.free = s.free, h
}
