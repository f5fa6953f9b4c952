package recorded

import (
	"reflect"
	"strings"
	"testing"
	"time"
)

const goodRow = "AA0101\t36229\t0\t2\tPS\t990304\t10:00:00\t10:00:10\t10\t10:00:10\t10:01:00\t50\tAGENT\t10:00:59\t10:02:59\t120\tMIKI"

func TestParse(t *testing.T) {
	replaced := func(pairs ...string) string { return strings.NewReplacer(pairs...).Replace(goodRow) }
	arrived := 10*time.Hour + 10*time.Second
	for _, tc := range []struct {
		name, row string
		reason    Reason
		mends     []Mend
		arrived   time.Duration
	}{
		{"good", goodRow, "", nil, arrived},
		{"blank before the type", replaced("\tPS", "\t PS"), "", []Mend{StrayBlank}, arrived},
		{"blank field before the type", replaced("\tPS", "\t\tPS"), "", []Mend{StrayBlank}, arrived},
		{"16 fields, no customer", replaced("36229\t0\t", "36229\t"), "", []Mend{FieldMissing}, arrived},
		{"16 fields, no server", replaced("\tMIKI", ""), "", []Mend{FieldMissing, NoAgentName}, arrived},
		{"16 fields, no time", replaced("\t10:01:00", ""), BadTime, nil, 0},
		{"16 fields, no type", replaced("\tPS", ""), BadType, nil, 0},
		{"16 fields, no date", replaced("\t990304", ""), BadDate, nil, 0},
		{"blank at the end", goodRow + "\t", "", []Mend{StrayBlank}, arrived},
		{"a field too many", goodRow + "\tx", BadShape, nil, 0},
		{"empty", " ", Blank, nil, 0},
		{"words", "no data today", BadShape, nil, 0},
		{"phantom", replaced("AGENT", "PHANTOM"), Phantom, nil, 0},
		{"unknown outcome", replaced("AGENT", "LOST"), BadOutcome, nil, 0},
		{"unknown type", replaced("PS", "XX"), BadType, nil, 0},
		{"priority 3", replaced("\t2\tPS", "\t3\tPS"), BadPriority, nil, 0},
		{"25 o'clock", replaced("10:02:59", "25:02:59"), BadTime, nil, 0},
		{"less than no time", replaced("\t50", "\t-50"), BadTime, nil, 0},
		{"31 February", replaced("990304", "990231"), BadDate, nil, 0},
		{"strange server", replaced("MIKI", "MI.KI"), BadAgentName, nil, 0},
		{"another day", replaced("990304", "990305"), AnotherDay, nil, 0},
		{"hung up in the voice menu", replaced("AGENT", "HANG", "10:00:10\t10:01:00\t50", "0:00:00\t0:00:00\t0"), VoiceMenu, nil, 0},
		{"hung up though served", replaced("AGENT", "HANG"), "", []Mend{ServedAfterHang}, arrived},
		{"answered at once", replaced("10:00:10\t10:01:00\t50", "0:00:00\t0:00:00\t0"), "", nil, 10*time.Hour + 59*time.Second},
		{"early", replaced("10:00:59", "10:00:40"), "", []Mend{EarlyAnswer}, arrived},
		{"wait differs", replaced("\t50", "\t51"), "", []Mend{WaitDiffers}, arrived},
		{"repaired", replaced("MIKI", "ANO_SERVERT"), "", []Mend{NameRepaired}, arrived},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got, mends, reason := parse(1, tc.row, day)
			if reason != tc.reason || !reflect.DeepEqual(mends, tc.mends) || got.Arrived != tc.arrived {
				t.Errorf("parse = %v, %q, %q; want arrived %v, %q, %q",
					got.Arrived, mends, reason, tc.arrived, tc.mends, tc.reason)
			}
		})
	}
}

func TestMidnight(t *testing.T) {
	const night = 24 * time.Hour
	for _, tc := range []struct {
		name, times       string
		arrived, serviced time.Duration
		wait              time.Duration
	}{
		{"service", "23:59:32\t23:59:44\t12\t0:00:00\t0:00:00\t0\tAGENT\t23:59:43\t0:01:28\t105",
			night - 17*time.Second, night - 17*time.Second, 0},
		{"queue", "23:57:36\t23:57:36\t0\t23:57:42\t0:00:10\t148\tAGENT\t0:00:09\t0:01:20\t71",
			night - 138*time.Second, night + 9*time.Second, 148 * time.Second},
		{"queued at midnight", "23:59:54\t23:59:54\t0\t0:00:00\t0:00:27\t27\tAGENT\t0:00:26\t0:01:33\t67",
			night, night + 26*time.Second, 27 * time.Second},
		{"answered after it", "23:59:55\t23:59:55\t0\t0:00:00\t0:00:00\t0\tAGENT\t0:00:07\t0:02:13\t126",
			night + 7*time.Second, night + 7*time.Second, 0},
		{"no midnight, the clock went back", "10:05:00\t10:03:00\t-120\t10:03:00\t10:03:30\t30\tAGENT\t10:03:30\t10:04:30\t60",
			10*time.Hour + 3*time.Minute, 10*time.Hour + 210*time.Second, 30 * time.Second},
		{"just after it", "0:00:55\t0:01:00\t5\t0:01:00\t0:01:10\t10\tAGENT\t0:01:10\t0:02:10\t60",
			time.Minute, 70 * time.Second, 10 * time.Second},
	} {
		t.Run(tc.name, func(t *testing.T) {
			c, _, reason := parse(1, "AA0101\t1\t0\t1\tPS\t990304\t"+tc.times+"\tMIKI", day)
			if reason != "" || c.Arrived != tc.arrived || c.service().from != tc.serviced || c.Wait != tc.wait {
				t.Errorf("parse = arrived %v, served %v, waited %v, %q; want %v, %v, %v",
					c.Arrived, c.service().from, c.Wait, reason, tc.arrived, tc.serviced, tc.wait)
			}
		})
	}
}

func TestLongRowIsLeftOut(t *testing.T) {
	text := header + strings.Repeat("x", 3*RowLenMax) + "\n" + goodRow + "\n"
	log, err := Read(strings.NewReader(text), "")
	if err != nil || log.Report.LeftOut[TooLong] != 1 || log.Report.Kept != 1 {
		t.Errorf("read = %+v, %v; want one row too long and one kept", log.Report, err)
	}
}
