package recorded

import (
	"bytes"
	"compress/gzip"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"
)

const (
	excerpt = "testdata/1999-03-04.tsv"
	quirks  = "testdata/quirks.tsv"
	day     = Date("1999-03-04")
	header  = "vru+line\tcall_id\tcustomer_id\tpriority\ttype\tdate\tvru_entry\tvru_exit\tvru_time\t" +
		"q_start\tq_exit\tq_time\toutcome\tser_start\tser_exit\tser_time\tserver\n"
)

func open(t *testing.T, path string, day Date) Log {
	t.Helper()
	log, err := Open(path, day)
	if err != nil {
		t.Fatal(err)
	}
	if got := sum(log.Report.LeftOut) + log.Report.Kept; got != log.Report.Rows || log.Report.Kept != len(log.Calls) {
		t.Fatalf("%s: %d rows, but %d kept or left out; %d calls", path, log.Report.Rows, got, len(log.Calls))
	}
	return log
}

func sum[K comparable](counts map[K]int) (n int) {
	for v := range maps.Values(counts) {
		n += v
	}
	return n
}

// rows splits a file without any knowledge but the places of the columns.
func rows(t *testing.T, path string) [][]string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var all [][]string
	for line := range strings.Lines(string(text)) {
		all = append(all, strings.Split(strings.TrimSpace(line), "\t"))
	}
	return all[1:]
}

func TestTotalsEqualThoseCountedByHand(t *testing.T) {
	for _, path := range []string{excerpt, quirks} {
		t.Run(filepath.Base(path), func(t *testing.T) {
			var served, hung, phantom, menu, unnamed int
			waits := map[string]time.Duration{}
			for _, row := range rows(t, path) {
				never := row[9] == "0:00:00" && row[10] == "0:00:00"
				switch {
				case row[12] == "AGENT":
					served++
					wait, err := time.ParseDuration(row[11] + "s")
					if err != nil {
						t.Fatal(err)
					}
					waits[row[3]] += wait
					if row[16] == "NO_SERVER" {
						unnamed++
					}
				case row[12] == "PHANTOM":
					phantom++
				case never:
					menu++
				default:
					hung++
				}
			}
			log := open(t, path, "")
			got := []int{log.Report.Served, log.Report.HungUp, log.Report.LeftOut[Phantom],
				log.Report.LeftOut[VoiceMenu], log.Report.Mended[NoAgentName], sum(log.Report.LeftOut)}
			want := []int{served, hung, phantom, menu, unnamed, phantom + menu}
			if !reflect.DeepEqual(got, want) {
				t.Errorf("served, hung up, phantom, menu, unnamed, left out = %d, want %d", got, want)
			}
			waited := map[string]time.Duration{}
			for _, c := range log.Calls {
				if c.Outcome == Served {
					waited[string(rune('0'+c.Priority))] += c.Wait
				}
			}
			if !reflect.DeepEqual(waited, waits) {
				t.Errorf("waits by priority %v, want %v", waited, waits)
			}
		})
	}
}

func TestExcerptsHaveNoCustomers(t *testing.T) {
	for _, path := range []string{excerpt, quirks} {
		for n, row := range rows(t, path) {
			if row[2] != "0" {
				t.Errorf("%s: row %d has customer %s, want 0", path, n+2, row[2])
			}
		}
	}
}

func TestDaySplitsTheFile(t *testing.T) {
	all := open(t, quirks, "")
	byDay := map[Date]int{}
	for _, c := range all.Calls {
		byDay[c.Date]++
	}
	for date, want := range byDay {
		if got := open(t, quirks, date); got.Report.Kept != want {
			t.Errorf("%s: kept %d, want %d", date, got.Report.Kept, want)
		}
	}
}

func TestCallsAreInOrderAndWhole(t *testing.T) {
	log := open(t, excerpt, day)
	seen := map[CallID]bool{}
	for i, c := range log.Calls {
		if i > 0 && c.Arrived < log.Calls[i-1].Arrived {
			t.Errorf("call %d arrived before the one before it", i)
		}
		if seen[c.ID] {
			t.Errorf("call %s twice", c.ID)
		}
		seen[c.ID] = true
		if patience, known := c.Patience(); known != (c.Outcome == HungUp) || known && patience != c.Wait {
			t.Errorf("call %s: patience %v, %v of a call that was %v", c.ID, patience, known, c.Outcome)
		}
		if !c.Queued && c.Wait != 0 {
			t.Errorf("call %s waited %v without queueing", c.ID, c.Wait)
		}
	}
}

func TestPlainAndCompressedAreTheSame(t *testing.T) {
	text, err := os.ReadFile(excerpt)
	if err != nil {
		t.Fatal(err)
	}
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	if _, err := z.Write(text); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	got, err := Read(&packed, day)
	if err != nil {
		t.Fatal(err)
	}
	if want := open(t, excerpt, day); !reflect.DeepEqual(got, want) {
		t.Errorf("compressed gives %+v, want %+v", got.Report, want.Report)
	}
}

func FuzzRead(f *testing.F) {
	for _, path := range []string{excerpt, quirks} {
		text, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text[:min(len(text), 2000)])
	}
	f.Add([]byte("\x1f\x8b"))
	f.Add([]byte(strings.Repeat("\t", RowLenMax+1) + "\n\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		log, err := Read(bytes.NewReader(text), "")
		if err != nil {
			return // of the compression
		}
		r := log.Report
		if r.Rows != r.Kept+sum(r.LeftOut) || r.Kept != len(log.Calls) || r.Kept != r.Served+r.HungUp {
			t.Fatalf("counts do not add up: %+v with %d calls", r, len(log.Calls))
		}
		for _, c := range log.Calls {
			if c.Arrived < 0 || c.Arrived >= 36*time.Hour || c.Wait < 0 || c.Service < 0 || c.ID == "" {
				t.Fatalf("call out of range: %+v", c)
			}
		}
		for _, a := range Infer(log.Calls, Gap).Agents {
			for i, s := range a.Shifts {
				if s.From > s.To || i > 0 && s.From <= a.Shifts[i-1].To {
					t.Fatalf("shifts of %s out of order: %v", a.Name, a.Shifts)
				}
			}
		}
	})
}
