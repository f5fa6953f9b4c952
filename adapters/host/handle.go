package host

import "cmp"

// A request is one message of the bus on its way through the inbox.
type request struct {
	subject subject
	verb    *verb
	message message
	rules   *rules // of a verb that brings a policy
	size    int
	respond func([]byte)
}

// Handle takes one message that the bus delivered. It reads the payload, puts it into the inbox, and
// returns at once; respond is called exactly once, on any goroutine, when the answer is stored. It may be
// nil: then nobody hears the answer. What cannot be read or does not fit into the inbox is refused before
// Handle returns. A turn whose frame could not be stored gives no answers at all, because whether it is
// stored is then unknown.
//
// Handle may be called by any goroutine; messages of one caller keep their order.
func (h *Host) Handle(subject string, payload []byte, respond func([]byte)) {
	if respond == nil {
		respond = func([]byte) {}
	}
	r, fault := h.read(subject, payload)
	if fault == nil {
		r.respond = respond
		if r.verb.reads {
			fault = h.enterReading(r)
		} else {
			fault = h.enter(r)
		}
	}
	if fault != nil {
		h.refuse(respond, fault)
	}
}

// read makes a request of a message, as far as that can be done without the state.
func (h *Host) read(address string, payload []byte) (*request, *Refusal) {
	s, fault := parseSubject(address)
	if fault != nil {
		return nil, fault
	}
	if s.line != h.cfg.Line {
		return nil, refuse(Unknown, "subject: no line %s, want %s", shown(s.line), h.cfg.Line)
	}
	v, fault := verbOf(s)
	if fault != nil {
		return nil, fault
	}
	m, fault := decode(payload, v.fields, cmp.Or(v.most, PayloadMax))
	if fault != nil {
		return nil, fault
	}
	if m.line != "" && m.line != s.line {
		return nil, refuse(Malformed, "data.line: is %s, want %s as in the subject", shown(m.line), s.line)
	}
	return &request{subject: s, verb: v, message: m, size: len(payload)}, nil
}

// enter puts a request into the inbox, unless the line is not served or the inbox is full.
func (h *Host) enter(r *request) *Refusal {
	h.gate.RLock()
	defer h.gate.RUnlock()
	if h.state != serving {
		return h.unserved()
	}
	if h.bytes.Add(int64(r.size)) > InboxBytesMax {
		h.bytes.Add(-int64(r.size))
		return h.overloaded()
	}
	select {
	case h.inbox <- r:
		return nil
	default:
		h.bytes.Add(-int64(r.size))
		return h.overloaded()
	}
}

// enterReading hands on a request whose policy file is read first.
func (h *Host) enterReading(r *request) *Refusal {
	h.gate.RLock()
	defer h.gate.RUnlock()
	if h.state != serving {
		return h.unserved()
	}
	select {
	case h.reading <- r:
		return nil
	default:
		return refuse(Unserved, "line %s reads another policy file, try again", h.cfg.Line)
	}
}

func (h *Host) overloaded() *Refusal {
	return refuse(Unserved, "line %s has more requests than it can store, try again", h.cfg.Line)
}
