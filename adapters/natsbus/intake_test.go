package natsbus_test

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"fairline/adapters/natsbus"
)

// A fakeLine answers as a host does, on another goroutine.
type fakeLine struct {
	mu    sync.Mutex
	asked []string // the ids, in order
	later int      // how many are answered that the line is not served
	heard chan struct{}
}

func (f *fakeLine) handle(subject string, payload []byte, respond func([]byte)) {
	var m struct {
		ID string `json:"id"`
	}
	answer := `{"stream":"S","seq":1,"ticket":1}`
	if err := json.Unmarshal(payload, &m); err != nil {
		answer = `{"error":{"code":400,"err_code":60400,"description":"payload: not JSON"}}`
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.later > 0 {
		f.later--
		answer = `{"error":{"code":503,"err_code":60503,"description":"not served"}}`
	} else {
		f.asked = append(f.asked, strings.TrimPrefix(subject, "fl.in.main.")+" "+m.ID)
	}
	go func() {
		respond([]byte(answer))
		f.heard <- struct{}{}
	}()
}

// runIntake runs door B until stop is called.
func runIntake(t testing.TB, bus *natsbus.Bus, f *fakeLine) (intake *natsbus.Intake, stop func()) {
	t.Helper()
	intake, err := bus.OpenIntake(t.Context(), "main")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- intake.Run(ctx, f.handle) }()
	return intake, func() {
		t.Helper()
		cancel()
		select {
		case err := <-done:
			if err != nil {
				t.Errorf("Run = %v", err)
			}
		case <-time.After(answerMax):
			t.Fatal("Run does not end")
		}
	}
}

func (f *fakeLine) await(t testing.TB, n int) {
	t.Helper()
	for range n {
		select {
		case <-f.heard:
		case <-time.After(answerMax):
			t.Fatalf("the line was asked for %q only", f.asked)
		}
	}
}

// TestDoorB puts contacts in while nobody serves, as an adapter with its key: they come in order and once each.
func TestDoorB(t *testing.T) {
	bus := withAdapters(t)
	f := &fakeLine{heard: make(chan struct{}, 2000)}
	if _, err := bus.OpenIntake(t.Context(), "main"); err != nil {
		t.Fatal(err)
	}
	mail := connectAs(t, bus, "mail")
	js, err := jetstream.New(mail.Conn)
	if err != nil {
		t.Fatal(err)
	}
	var want []string
	for n := range 50 {
		for range 2 {
			id := fmt.Sprint(n)
			if _, err := js.Publish(t.Context(), "fl.q.main.mail.ticket", fmt.Appendf(nil, `{"id":%q}`, id), jetstream.WithMsgID("mail."+id)); err != nil {
				t.Fatal(err)
			}
		}
		want = append(want, fmt.Sprintf("mail.ticket %d", n))
	}
	if _, err := js.Publish(t.Context(), "fl.q.main.mail.ticket", []byte("not JSON")); err != nil {
		t.Fatal(err)
	}
	if _, err := js.Publish(t.Context(), "fl.q.other.mail.ticket", []byte("{}"), jetstream.WithRetryAttempts(0)); err == nil {
		t.Error("a contact for a line that is not there was taken in")
	}
	intake, stop := runIntake(t, bus, f)
	f.await(t, 51)
	stop()
	if got := f.asked[:len(f.asked)-1]; !slices.Equal(got, want) {
		t.Errorf("the line was asked %q, want %q", got, want)
	}
	if got := intake.Stats(); got != (natsbus.IntakeStats{Stored: 50, Refused: 1}) {
		t.Errorf("Stats = %+v", got)
	}
	awaitEmpty(t, bus)
	wantBuried(t, bus)
}

// awaitEmpty waits until every contact is taken from the stream.
func awaitEmpty(t *testing.T, bus *natsbus.Bus) {
	t.Helper()
	for end := time.Now().Add(answerMax); messages(t, bus, natsbus.IntakeStream) != 0; time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("%d contacts are left in the stream", messages(t, bus, natsbus.IntakeStream))
		}
	}
}

// wantBuried looks at the one contact that was refused.
func wantBuried(t *testing.T, bus *natsbus.Bus) {
	t.Helper()
	js, err := jetstream.New(bus.Conn())
	if err != nil {
		t.Fatal(err)
	}
	dead, err := js.Stream(t.Context(), natsbus.DeadStream)
	if err != nil {
		t.Fatal(err)
	}
	m, err := dead.GetMsg(t.Context(), 1)
	if err != nil || dead.CachedInfo().State.Msgs != 1 {
		t.Fatalf("%d contacts lie there, %v; want one", dead.CachedInfo().State.Msgs, err)
	}
	if m.Subject != "fl.dlq.main" || string(m.Data) != "not JSON" || m.Header.Get(natsbus.DeadCode) != "400" ||
		m.Header.Get(natsbus.DeadSubject) != "fl.in.main.mail.ticket" || m.Header.Get(natsbus.DeadDescription) != "payload: not JSON" {
		t.Errorf("there lies %s %v %s", m.Subject, m.Header, m.Data)
	}
}

// TestDoorBTriesAgain has a line that is not served at first, and a process that ends with contacts in hand.
func TestDoorBTriesAgain(t *testing.T) {
	bus := withAdapters(t)
	f := &fakeLine{heard: make(chan struct{}, 2000), later: 2}
	if _, err := bus.OpenIntake(t.Context(), "main"); err != nil {
		t.Fatal(err)
	}
	js, err := jetstream.New(bus.Conn())
	if err != nil {
		t.Fatal(err)
	}
	for n := range 3 {
		if _, err := js.Publish(t.Context(), "fl.q.main.mail.ticket", fmt.Appendf(nil, `{"id":"%d"}`, n)); err != nil {
			t.Fatal(err)
		}
	}
	deaf := make(chan struct{}, 2000)
	dead, err := bus.OpenIntake(t.Context(), "main")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() {
		ended <- dead.Run(ctx, func(string, []byte, func([]byte)) { deaf <- struct{}{} }) // it never answers
	}()
	for range 3 {
		<-deaf
	}
	cancel()
	if err := <-ended; err != nil || dead.Stats() != (natsbus.IntakeStats{}) {
		t.Errorf("Run = %v, Stats = %+v; want an end without answers", err, dead.Stats())
	}
	intake, stop := runIntake(t, bus, f)
	f.await(t, 5)
	stop()
	slices.Sort(f.asked)
	if !slices.Equal(f.asked, []string{"mail.ticket 0", "mail.ticket 1", "mail.ticket 2"}) {
		t.Errorf("the line was asked %q, want each once", f.asked)
	}
	if got := intake.Stats(); got != (natsbus.IntakeStats{Stored: 3, Later: 2}) {
		t.Errorf("Stats = %+v", got)
	}
	awaitEmpty(t, bus)
}

// BenchmarkIntake is the time of a contact through door B, put in beforehand and answered at once.
func BenchmarkIntake(b *testing.B) {
	bus := withAdapters(b)
	f := &fakeLine{heard: make(chan struct{}, 1<<20)}
	if _, err := bus.OpenIntake(b.Context(), "main"); err != nil {
		b.Fatal(err)
	}
	js, err := jetstream.New(bus.Conn())
	if err != nil {
		b.Fatal(err)
	}
	began := time.Now()
	for n := range b.N {
		if _, err := js.PublishAsync("fl.q.main.mail.ticket", fmt.Appendf(nil, `{"id":"%d"}`, n)); err != nil {
			b.Fatal(err)
		}
		if n%1000 == 999 || n == b.N-1 { // more at a time the client refuses
			<-js.PublishAsyncComplete()
		}
	}
	put := time.Since(began)
	b.ResetTimer()
	_, stop := runIntake(b, bus, f)
	f.await(b, b.N)
	stop()
	b.ReportMetric(float64(put.Nanoseconds())/float64(b.N), "ns/put")
}
