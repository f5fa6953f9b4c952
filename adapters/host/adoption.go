package host

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"

	"fairline/engine"
)

// AdoptMax bounds the payload of fl.desk.LINE.SUPERVISOR.adopt: a policy file and its escapes.
const AdoptMax = 640 << 10

// An Adoption says what became of a policy file that is in force now.
type Adoption struct {
	Seq       uint64      `json:"seq"`
	Policy    string      `json:"policy"`              // name@hash
	Changed   bool        `json:"changed"`             // false: it was in force already
	Tickets   int         `json:"tickets"`             // waiting or under an offer
	Moved     []Reclassed `json:"moved,omitempty"`     // those of another class than before, by classes
	Places    []Replaced  `json:"places,omitempty"`    // of those at the first thousand places before or now, by classes now
	Uncounted bool        `json:"uncounted,omitempty"` // there were too many to count
}

// A Replaced is how many tickets of a class stand at another place than before, in the order of service.
type Replaced struct {
	Class   string `json:"class"`
	Earlier int    `json:"earlier"`
	Later   int    `json:"later"`
}

// A Reclassed is how many tickets went from one class to another.
type Reclassed struct {
	From  string `json:"from"`
	To    string `json:"to"`
	Count int    `json:"count"`
}

// What fl.ask.LINE.policy answers.
type (
	policyInForce struct {
		Name    string         `json:"name"`
		Hash    string         `json:"hash"` // of the file's bytes
		File    string         `json:"file"`
		Adopted string         `json:"adopted"`      // when
		Seq     uint64         `json:"seq"`          // of the frame that adopted it
		By      string         `json:"by,omitempty"` // the supervisor who did
		Refused *policyRefused `json:"refused,omitempty"`
	}
	// A policyRefused is a file that was not taken since the last one that was.
	policyRefused struct {
		File   string   `json:"file"`
		At     string   `json:"at"`
		Faults []string `json:"faults"` // each as file:line:column: message
	}
)

// faultsMax bounds the faults of a file that are kept and shown.
const faultsMax = 20

// countMax is how many tickets may be in the line for an adoption to be counted: their classes are compared one by one.
const countMax = engine.PlaceLineMax

// ErrStopped says that the host stopped before a policy was adopted.
var ErrStopped = errors.New("the line is not served any more")

// adoptVerb is how Adopt comes through the inbox.
var adoptVerb = verb{act: (*Host).takePolicy}

// Adopt puts a policy file in force while the line runs. The file is read on the caller's goroutine; any may call it at
// any time. A file with errors changes nothing: the error wraps the faults, and status and Config.NotAdopted tell of it.
// When ctx ends first the policy may still be adopted. A *Refusal says that the line is not served, or that the engine
// does not take the policy; ErrStopped that the line ended meanwhile.
func (h *Host) Adopt(ctx context.Context, file string, src []byte) (Adoption, error) {
	compiled, err := h.compile(file, src)
	if err != nil {
		return Adoption{}, err
	}
	answer := make(chan []byte, 1)
	r := &request{verb: &adoptVerb, rules: compiled, size: len(src), respond: func(b []byte) { answer <- b }}
	r.message.file, r.message.source = file, string(src)
	if refusal := h.enter(r); refusal != nil {
		return Adoption{}, refusal
	}
	select {
	case b := <-answer:
		return adoptionOf(b)
	case <-ctx.Done():
		return Adoption{}, fmt.Errorf("adopt %s: %w", file, context.Cause(ctx))
	case <-h.gone:
		return Adoption{}, fmt.Errorf("adopt %s: %w", file, ErrStopped)
	}
}

// adoptionOf reads an answer, which is an Adoption or a refusal.
func adoptionOf(b []byte) (Adoption, error) {
	var a struct {
		Adoption
		refused
	}
	if err := json.Unmarshal(b, &a); err != nil {
		return Adoption{}, fmt.Errorf("adopt: %w", err)
	}
	if a.Error.Code != 0 {
		return Adoption{}, &Refusal{Code: a.Error.Code, Text: a.Error.Description}
	}
	return a.Adoption, nil
}

// compile reads a policy file that is to replace the one in force, and tells of one that cannot.
func (h *Host) compile(file string, src []byte) (*rules, error) {
	compiled, err := compileNew(file, src)
	if err == nil && h.cfg.Fits != nil {
		err = h.cfg.Fits(compiled.policy)
	}
	if err != nil {
		h.notAdopted(file, err)
		return nil, err
	}
	return compiled, nil
}

// notAdopted tells of a file that was refused: the policy in force goes on.
func (h *Host) notAdopted(file string, err error) {
	r := &policyRefused{File: file, At: stamp(engine.Instant(h.cfg.Wall().UnixNano())), Faults: faultsOf(err)}
	h.notTaken.Store(r)
	if h.cfg.NotAdopted != nil {
		h.cfg.NotAdopted(file, err) // first: who reads the log may ask at once
	}
	h.log.Error("policy refused; the one in force goes on", "file", file, "faults", len(r.Faults), "first", r.Faults[0])
}

// faultsOf lists what is wrong with a file, errors first in the order of the file.
func faultsOf(err error) []string {
	faults, ok := errors.AsType[fileError](err)
	if !ok {
		return []string{err.Error()}
	}
	var list []string
	for _, fault := range faults {
		list = append(list, fault.Error())
	}
	return list[:min(len(list), faultsMax)]
}

// startReading reads the policy files that come over the bus, one after the other, away from the host's goroutine. What
// it returns ends that and waits.
func (h *Host) startReading() func() {
	stop, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		for {
			select {
			case r := <-h.reading:
				h.readPolicy(r)
			case <-stop:
				return
			}
		}
	}()
	return func() {
		h.setState(stopped) // nobody brings another file
		close(stop)
		<-done
		for {
			select {
			case r := <-h.reading:
				h.refuse(r.respond, h.unserved())
			default:
				close(h.gone)
				return
			}
		}
	}
}

func (h *Host) readPolicy(r *request) {
	compiled, err := h.compile(r.message.file, []byte(r.message.source))
	if err != nil {
		h.refuse(r.respond, refuse(Malformed, "source: %v", err))
		return
	}
	r.rules = compiled
	if refusal := h.enter(r); refusal != nil {
		h.refuse(r.respond, refusal)
	}
}

// takePolicy puts a policy that was read in force, and counts whose class and whose place it changed.
func (h *Host) takePolicy(r *request) (answer, *Refusal) {
	before, were := h.classes(), h.placesIfAny()
	in := Input{Command: engine.Command{Kind: engine.Adopt, Policy: r.rules.engine()},
		Texts: []string{r.message.file, r.message.source, r.rules.zone, r.subject.who}}
	changed, err := h.putInForce(r.rules, in)
	if err != nil {
		h.notAdopted(r.message.file, err)
		return answer{}, refuse(Malformed, "source: %v", err)
	}
	h.notTaken.Store(nil)
	a := Adoption{Policy: r.rules.name(), Changed: changed}
	a.Tickets = h.engine.Counts().Waiting + h.engine.Counts().Offered
	if after := h.classes(); before != nil && len(before) == len(after) {
		a.Moved, a.Places = reclassed(before, after), h.replaced(were)
	} else {
		a.Uncounted = changed && a.Tickets > 0
	}
	return answer{body: func(seq uint64) any { a.Seq = seq; return a }}, nil
}

// A classed ticket is one in the line, with the name of its class.
type classed struct {
	ticket engine.TicketID
	class  string
}

// classes gives the classes of all who wait or are under an offer; nil where there are too many.
func (h *Host) classes() []classed {
	list := []classed{}
	views := h.engine.Arrivals(countMax + 1)
	if len(views) > countMax {
		return nil
	}
	for i := range views {
		list = append(list, classed{views[i].Ticket, h.engine.Policy().Classes[views[i].Class].Name})
	}
	return list
}

// reclassed counts those whose class has another name now. What an adoption offers at once is in the line still, so both
// lists have the same tickets, in the same order.
func reclassed(before, after []classed) []Reclassed {
	counts := map[Reclassed]int{}
	for i := range before {
		if pair := (Reclassed{From: before[i].class, To: after[i].class}); pair.From != pair.To {
			counts[pair]++
		}
	}
	var list []Reclassed
	for pair, n := range counts {
		pair.Count = n
		list = append(list, pair)
	}
	slices.SortFunc(list, func(a, b Reclassed) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.From, b.From), cmp.Compare(a.To, b.To))
	})
	return list
}

// placesIfAny gives the first places, or none where too many wait.
func (h *Host) placesIfAny() map[engine.TicketID]int {
	places, err := h.places()
	if err != nil {
		return map[engine.TicketID]int{}
	}
	return places
}

// replaced counts by class those who wait still and stand at another place than they were. Whoever is not among the first is
// behind all who are; of two such places nothing is known, and nothing is counted.
func (h *Host) replaced(were map[engine.TicketID]int) []Replaced {
	now := h.placesIfAny()
	all := maps.Clone(were)
	maps.Copy(all, now)
	counts := map[string]Replaced{}
	for id := range all {
		v, ok := h.engine.Ticket(id)
		if !ok || v.State != "waiting" {
			continue
		}
		class := h.engine.Policy().Classes[v.Class].Name
		c := counts[class]
		switch was, is := rank(were[id]), rank(now[id]); {
		case is < was:
			c.Earlier++
		case is > was:
			c.Later++
		}
		counts[class] = c
	}
	var list []Replaced
	for _, name := range slices.Sorted(maps.Keys(counts)) {
		if c := counts[name]; c.Earlier+c.Later > 0 {
			c.Class = name
			list = append(list, c)
		}
	}
	return list
}

// rank is a place to compare: 0 stands for behind the first.
func rank(place int) int {
	if place == 0 {
		return engine.PlaceMax + 1
	}
	return place
}

// putInForce gives an Adopt to the engine, and reports whether the policy was not in force before.
func (h *Host) putInForce(r *rules, in Input) (bool, error) {
	h.book.learn(r.policy.Texts)
	n, err := h.do(&in)
	if err != nil || n == 0 {
		return false, err
	}
	h.log.Info("policy adopted", "policy", r.name(), "file", in.Texts[0])
	h.rules = r
	if h.cfg.Adopted != nil {
		h.cfg.Adopted(r.policy)
	}
	return true, nil
}

// askPolicy says which policy is in force, and which file was not taken.
func (h *Host) askPolicy(*message) (any, *Refusal) {
	p, of := h.engine.Policy(), h.book.adoption
	return policyInForce{Name: p.Name, Hash: fmt.Sprintf("%x", p.Hash), File: of.file, Adopted: stamp(of.at),
		Seq: of.seq, By: of.by, Refused: h.notTaken.Load()}, nil
}
