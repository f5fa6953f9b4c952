package channel

import (
	"context"
	"errors"
	"fmt"
)

// A Storing is a Bus that keeps contacts while nobody serves the line: by door B of docs/bus.md. It is for what cannot be told to
// come again, and for nobody who waits on the telephone.
type Storing struct{ *Bus }

var _ Line = Storing{}

// Arrive hands in a contact. Where the line is not served now it is kept, and the Ack says Later; the error is that of the line
// where it cannot be kept either.
func (s Storing) Arrive(ctx context.Context, c Contact) (Ack, error) {
	ack, err := s.Bus.Arrive(ctx, c)
	refusal, refused := errors.AsType[*Refusal](err)
	if !refused || !refusal.Again() {
		return ack, err
	}
	answer, _, kept := s.ask(ctx, "fl.q."+s.line+"."+s.adapter+".ticket", Encode(s.line, c))
	switch {
	case kept != nil:
		return Ack{}, fmt.Errorf("%w; and it cannot be kept: %w", err, kept)
	case answer.Stream == "":
		return Ack{}, err // somebody answered who is no stream
	}
	return Ack{Later: true, Duplicate: answer.Duplicate}, nil
}
