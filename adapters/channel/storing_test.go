package channel

import (
	"errors"
	"strings"
	"testing"

	"github.com/nats-io/nats.go/jetstream"
)

// TestContactsAreKeptWhileNobodyServes: by door B, in the form in which the line takes them in later.
func TestContactsAreKeptWhileNobodyServes(t *testing.T) {
	conn := newConn(t)
	s := Storing{NewBus(conn, "main", "mail")}
	c := Contact{ID: "1", Channel: "email", Customer: "k1"}
	if _, err := s.Arrive(t.Context(), c); !again(err) || !strings.Contains(err.Error(), "cannot be kept") {
		t.Errorf("without a stream: %v", err)
	}
	js, err := jetstream.New(conn)
	if err != nil {
		t.Fatal(err)
	}
	stream, err := js.CreateStream(t.Context(), jetstream.StreamConfig{Name: "FL_INTAKE", Subjects: []string{"fl.q.>"}})
	if err != nil {
		t.Fatal(err)
	}
	if ack, err := s.Arrive(t.Context(), c); err != nil || ack != (Ack{Later: true}) {
		t.Errorf("while nobody serves: %+v, %v", ack, err)
	}
	m, err := stream.GetLastMsgForSubject(t.Context(), "fl.q.main.mail.ticket")
	if err != nil || string(m.Data) != string(Encode("main", c)) {
		t.Errorf("kept %v, %v", m, err)
	}
	serve(t, conn, "fl.in.main.mail.ticket", `{"stream":"S","seq":7,"ticket":17}`)
	if ack, err := s.Arrive(t.Context(), c); err != nil || ack != (Ack{Ticket: 17, Seq: 7}) {
		t.Errorf("while somebody serves: %+v, %v", ack, err)
	}
}

// TestAFullLineIsNoReasonToKeep: the line's no is final.
func TestAFullLineIsNoReasonToKeep(t *testing.T) {
	conn := newConn(t)
	serve(t, conn, "fl.in.main.mail.ticket", `{"error":{"code":429,"description":"full"}}`)
	kept := serve(t, conn, "fl.q.main.mail.ticket", `{"stream":"S","seq":1}`)
	_, err := Storing{NewBus(conn, "main", "mail")}.Arrive(t.Context(), Contact{ID: "1", Channel: "email"})
	if r, ok := errors.AsType[*Refusal](err); !ok || r.Code != 429 || len(kept) != 0 {
		t.Errorf("%v, %d kept", err, len(kept))
	}
}
