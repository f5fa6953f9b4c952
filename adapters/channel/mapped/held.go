package mapped

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync/atomic"

	"fairline/policy"
	"fairline/policy/mapping"
)

// A Held is a mapping, held to a policy that may change while the line runs. It may be used by any goroutine.
type Held struct {
	now atomic.Pointer[mapping.Mapping]
}

// Hold begins with a mapping as it was read.
func Hold(m *mapping.Mapping) *Held {
	h := &Held{}
	h.now.Store(m)
	return h
}

// Read makes contacts and endings of a body.
func (h *Held) Read(in mapping.Input) mapping.Result { return h.now.Load().Read(in) }

// Under reads mappings under another policy, by the names of their sources. Where one has a fault there the error says all of
// them, and nothing changes. adopt puts all of them in force.
func Under(p *policy.Policy, all map[string]*Held) (adopt func(), err error) {
	anew := map[*Held]*mapping.Mapping{}
	var errs []error
	for _, source := range slices.Sorted(maps.Keys(all)) {
		h := all[source]
		m, faults := h.now.Load().Under(p)
		if m == nil {
			errs = append(errs, fmt.Errorf("%s: %w", source, faults.Err()))
		}
		anew[h] = m
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	return func() {
		for h, m := range anew {
			h.now.Store(m)
		}
	}, nil
}
