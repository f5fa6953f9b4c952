package recorded

import (
	"reflect"
	"slices"
	"testing"
	"time"
)

func served(agent AgentName, kind Type, from, took int) Call {
	began := time.Duration(from) * time.Second
	return Call{Type: kind, Date: day, Outcome: Served, Agent: agent, Logged: true,
		Arrived: began, began: began, Service: time.Duration(took) * time.Second}
}

func shift(from, to int) Shift {
	return Shift{From: time.Duration(from) * time.Second, To: time.Duration(to) * time.Second}
}

func TestInfer(t *testing.T) {
	calls := []Call{
		served("MIKI", "PS", 0, 60), served("MIKI", "NE", 120, 60), served("MIKI", "PS", 481, 60), served("MIKI", "NE", 539, 10),
		served("ANAT", "PS", 100, 100), served("ANAT", "PS", 150, 20),
		served("", "TT", 10, 50), served("", "PS", 50, 10), served("", "PS", 61, 9),
		{Type: "IN", Date: day, Outcome: HungUp},
	}
	got := Infer(calls, 5*time.Minute)
	want := Staff{
		Agents: []Agent{
			{"ANAT", []Type{"PS"}, []Shift{shift(100, 200)}},
			{"MIKI", []Type{"NE", "PS"}, []Shift{shift(0, 180), shift(481, 549)}},
			{"unnamed-1", []Type{"PS", "TT"}, []Shift{shift(10, 60), shift(61, 70)}},
			{"unnamed-2", []Type{"PS"}, []Shift{shift(50, 60)}},
		},
		Named: 2, Unnamed: 2, Services: 3, Shifts: 6, OnDuty: 417 * time.Second, Overlaps: 1,
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("infer = %+v\nwant %+v", got, want)
	}
}

func TestEveryTypeServedHasSomebody(t *testing.T) {
	log := open(t, excerpt, day)
	staff := Infer(log.Calls, Gap)
	for _, c := range log.Calls {
		able := slices.ContainsFunc(staff.Agents, func(a Agent) bool { return slices.Contains(a.Skills, c.Type) })
		if c.Outcome == Served && !able {
			t.Errorf("call %s of type %s was served, but nobody can", c.ID, c.Type)
		}
	}
	work := time.Duration(0)
	for _, c := range log.Calls {
		if c.Outcome == Served {
			work += c.Service
		}
	}
	if staff.Overlaps == 0 && staff.OnDuty < work {
		t.Errorf("on duty %v, want at least the work, %v", staff.OnDuty, work)
	}
}

func TestBorrow(t *testing.T) {
	hung := func(kind Type, date Date) Call { return Call{Type: kind, Date: date, Outcome: HungUp} }
	calls := []Call{
		hung("PS", day), hung("IN", day), served("A", "NE", 1, 20), served("A", "PS", 2, 30), hung("PS", day),
		served("A", "PS", 3, 40), hung("PS", day), hung("NE", day), hung("PS", "1999-03-05"),
	}
	borrow(calls)
	var got []int
	for _, c := range calls {
		got = append(got, int(c.Service/time.Second))
	}
	if want := []int{30, 20, 20, 30, 30, 40, 40, 20, 120}; !slices.Equal(got, want) {
		t.Errorf("services %d, want %d", got, want)
	}
}
