package policy_test

import (
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"fairline/policy"
)

var someZones = []string{"Europe/Lisbon", "Europe/Vienna", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "Africa/Casablanca", "UTC"}

func zone(t testing.TB, name string) policy.Zone {
	t.Helper()
	z, err := policy.ZoneTable(name)
	if err != nil {
		t.Fatal(err)
	}
	return z
}

func TestZoneTable(t *testing.T) {
	vienna := zone(t, "Europe/Vienna")
	if n := len(vienna.Turns); n != 161 {
		t.Errorf("Europe/Vienna: got %d turns, want the beginning and two in each of 80 years", n)
	}
	march := time.Date(1990, 3, 25, 1, 0, 0, 0, time.UTC).Unix()
	if got := vienna.Turns[1]; got != (policy.Turn{From: march, Offset: 7200}) {
		t.Errorf("the first summer: got %+v", got)
	}
	if got := zone(t, "Asia/Kolkata").Turns; len(got) != 1 || got[0].Offset != 19_800 {
		t.Errorf("Asia/Kolkata: got %+v", got)
	}
	for _, name := range []string{"", "Europe", "Europe/", "Europe/Wien", "Local", "europe/vienna", "../etc/passwd"} {
		if _, err := policy.ZoneTable(name); !errors.Is(err, policy.ErrUnknownZone) {
			t.Errorf("ZoneTable(%q): got %v, want ErrUnknownZone", name, err)
		}
	}
}

func TestZoneText(t *testing.T) {
	for _, name := range someZones {
		z := zone(t, name)
		text, err := z.MarshalText()
		if err != nil {
			t.Fatal(err)
		}
		var back policy.Zone
		if err := back.UnmarshalText(text); err != nil || !reflect.DeepEqual(back, z) {
			t.Errorf("%s: got %+v, %v", name, back, err)
		}
		if len(text) > 4096 {
			t.Errorf("%s: %d bytes", name, len(text))
		}
	}
	for _, bad := range []string{"", "Europe/Vienna", "Europe/Vienna ", "Europe/Vienna 03600", "Europe/Vienna +3600", "Europe/Vienna 3600/1",
		"Europe/Vienna 3600 5/3600", "Europe/Vienna 3600 0/7200", "Europe/Vienna 3600 5", "Europe/Vienna 3600  5/7200", "Europe/Vienna 3600 5/7200 ",
		"Europe/Vienna 90000", "Europe/Vienna 3600 2600000000/7200", "Europe Vienna 3600", " 3600", "a\n 3600"} {
		z := policy.Zone{Name: "kept"}
		if err := z.UnmarshalText([]byte(bad)); err == nil || z.Name != "kept" {
			t.Errorf("UnmarshalText(%q): got %+v, %v", bad, z, err)
		}
	}
	if _, err := (policy.Zone{Name: "x"}).MarshalText(); err == nil || !strings.Contains(err.Error(), "0 turns") {
		t.Errorf("MarshalText of no table: got %v", err)
	}
}

// Whatever text is a table, is the one way to write it.
func TestZoneTextIsCanonical(t *testing.T) {
	vienna, err := zone(t, "Europe/Vienna").MarshalText()
	if err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(t *rapid.T) {
		text := []byte(strings.Join(strings.Split(string(vienna), " ")[:rapid.IntRange(1, 12).Draw(t, "turns")], " "))
		for range rapid.IntRange(0, 3).Draw(t, "changes") {
			text[rapid.IntRange(0, len(text)-1).Draw(t, "at")] = rapid.SampledFrom([]byte("0123456789 /-aE")).Draw(t, "byte")
		}
		var z policy.Zone
		if z.UnmarshalText(text) != nil {
			return
		}
		if again, err := z.MarshalText(); err != nil || string(again) != string(text) {
			t.Fatalf("read %q, wrote %q, %v", text, again, err)
		}
	})
}
