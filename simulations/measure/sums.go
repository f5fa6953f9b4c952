package measure

// A quantity is something that is added up over the tickets of a group, or whose maximum is taken.
type quantity uint8

// The quantities. Times are in seconds. T: of tickets that have a target.
const (
	came      quantity = iota // tickets that came: taken in or refused
	attempts                  // of these all but second tickets
	customers                 // of these first attempts
	blocked
	balked
	offered  // entered the line
	answered // service started
	left     // abandoned while waiting for the first start
	leftShort
	shut   // ended otherwise while waiting for the first start
	remain // still waiting for the first start at the end
	dropped
	served

	answeredT
	answeredIn // the wait was not longer than the target
	leftT
	leftIn
	leftShortT
	remainT
	remainLate
	lateSum   // of (wait - target)+ over answered, left, remaining
	targetSum // of wait / target over the same

	delayed // wait above 0
	waitAnswered
	waitAnswered2
	waitLeft
	waitLeft2
	waitShut
	waitShut2
	waitRemain
	waitRemain2
	waitLog   // w ln w, of all four
	lineArea  // time in line inside the window, of everybody
	houseArea // time in the system inside the window, of everybody

	handled // of the served
	wrapped
	sojourn
	sojourn2
	sojournHandled
	handled2

	fairCount // served and left
	fair
	fair2
	fairLeft

	slips
	slipsServed // of those whose service started
	slipsLeft
	slipsRemain
	overtaken // slips of 1 and more
	skips
	jumped // skips of 1 and more
	bySkill
	byRoom
	minutes     // handling of overtakers over the crew, once for each overtaken
	unjustified // overtakings by it without a reason
	envy
	gaps    // pairs
	gapSum  // of arrival of the overtaker - arrival of the overtaken
	shift2  // squared displacement
	departs // earlier tickets that were still there at its end

	finished // in the window, whenever they arrived
	differs  // discrimination frequency
	differsOf

	maxWait
	maxSlips
	maxSkips
	maxEnvy
	maxGap
	quantities
)

const firstMax = maxWait

// sums are the quantities of a group.
type sums [quantities]float64

func (s *sums) add(o *sums) {
	for q := range firstMax {
		s[q] += o[q]
	}
	for q := firstMax; q < quantities; q++ {
		s[q] = max(s[q], o[q])
	}
}

func (s *sums) most(q quantity, v float64) { s[q] = max(s[q], v) }

// against measures a wait by its target.
func (s *sums) against(wait, target float64) {
	if wait > target {
		s[lateSum] += wait - target
	}
	s[targetSum] += wait / target
}

// waited counts what holds of every wait.
func (s *sums) waited(wait float64) {
	if wait > 0 {
		s[delayed]++
	}
	s.most(maxWait, wait)
}

// come counts who came.
func (s *sums) come(t *Ticket) {
	s[came]++
	if t.Second {
		return
	}
	s[attempts]++
	if t.Attempt == 0 {
		s[customers]++
	}
}

func (s *sums) answer(wait, target float64) {
	s[answered]++
	s[waitAnswered] += wait
	s[waitAnswered2] += wait * wait
	s.waited(wait)
	if target > 0 {
		s[answeredT]++
		if wait <= target {
			s[answeredIn]++
		}
		s.against(wait, target)
	}
}

func (s *sums) abandon(wait, target float64, short bool) {
	s[left]++
	s[waitLeft] += wait
	s[waitLeft2] += wait * wait
	s.waited(wait)
	if short {
		s[leftShort]++
	}
	if target > 0 {
		s[leftT]++
		if wait <= target {
			s[leftIn]++
		}
		if short {
			s[leftShortT]++
		}
		s.against(wait, target)
	}
}

func (s *sums) closed(wait float64) {
	s[shut]++
	s[waitShut] += wait
	s[waitShut2] += wait * wait
	s.waited(wait)
}

func (s *sums) stay(wait, target float64) {
	s[remain]++
	s[waitRemain] += wait
	s[waitRemain2] += wait * wait
	s.waited(wait)
	if target > 0 {
		s[remainT]++
		if wait > target {
			s[remainLate]++
		}
		s.against(wait, target)
	}
}

func (s *sums) shared(d float64) {
	s[fairCount]++
	s[fair] += d
	s[fair2] += d * d
}

func (s *sums) serve(work, wrap, stay float64) {
	s[served]++
	s[handled] += work
	s[handled2] += work * work
	s[wrapped] += wrap
	s[sojourn] += stay
	s[sojourn2] += stay * stay
	s[sojournHandled] += stay * work
}

// passing counts who passed t and whom t passed.
func (s *sums) passing(t *Ticket) {
	if t.Slips|t.Skips|t.BySkill|t.ByRoom|t.envy == 0 {
		return
	}
	s[slips] += float64(t.Slips)
	switch {
	case t.started:
		s[slipsServed] += float64(t.Slips)
	case t.Outcome == Abandoned:
		s[slipsLeft] += float64(t.Slips)
	case t.Outcome == Open:
		s[slipsRemain] += float64(t.Slips)
	}
	s[skips] += float64(t.Skips)
	s[bySkill] += float64(t.BySkill)
	s[byRoom] += float64(t.ByRoom)
	s[envy] += float64(t.envy)
	if t.Slips > 0 {
		s[overtaken]++
	}
	if t.Skips > 0 {
		s[jumped]++
	}
	s.most(maxSlips, float64(t.Slips))
	s.most(maxSkips, float64(t.Skips))
	s.most(maxEnvy, float64(t.envy))
}
