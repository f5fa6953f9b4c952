package experiment

import (
	"encoding/csv"
	"encoding/json"
	"strconv"
	"strings"
	"testing"

	"fairline/engine"
	"fairline/simulations/scenario"
)

// table reads a table: rows by name of the column.
func table(t testing.TB, folder, file string) (rows []map[string]string) {
	t.Helper()
	cells, err := csv.NewReader(strings.NewReader(read(t, folder, file))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range cells[1:] {
		row := map[string]string{}
		for i, name := range cells[0] {
			row[name] = c[i]
		}
		rows = append(rows, row)
	}
	return rows
}

func number(t testing.TB, text string) float64 {
	t.Helper()
	x, err := strconv.ParseFloat(text, 64)
	if err != nil {
		t.Fatal(err)
	}
	return x
}

// TestRowsAddUp: the rows of tickets and overtakings add up to what was measured.
func TestRowsAddUp(t *testing.T) {
	r, _, l := ran(t, days, Options{})
	type of struct{ staffing, policy string }
	tickets, waits, answered, skips, pairs := map[of]float64{}, map[of]float64{}, map[of]float64{}, map[of]float64{}, map[of]float64{}
	ids := map[string]map[string]string{}
	for _, row := range table(t, l.Folder, "tickets.csv") {
		a := of{row["staffing"], row["policy"]}
		ids[row["staffing"]+row["policy"]+row["replication"]+"#"+row["ticket"]] = row
		if row["measured"] != "1" {
			continue
		}
		tickets[a]++
		skips[a] += number(t, row["overtook"])
		if row["started_s"] != "" {
			answered[a]++
			waits[a] += number(t, row["started_s"]) - number(t, row["arrived_s"])
		}
	}
	for _, row := range table(t, l.Folder, "overtakings.csv") {
		a := of{row["staffing"], row["policy"]}
		pairs[a]++
		replication := row["staffing"] + row["policy"] + row["replication"] + "#"
		over, under := ids[replication+row["over"]], ids[replication+row["under"]]
		if over == nil || under == nil || number(t, over["arrived_s"]) < number(t, under["arrived_s"]) || over["started_s"] != row["time_s"] ||
			row["why"] != "order" || row["node"] != "line" {
			t.Fatalf("%v\nover  %v\nunder %v", row, over, under)
		}
	}
	offered, _ := r.Key(scenario.Metric{Name: "offered"})
	wait, _ := r.Key(scenario.Metric{Name: "wait-served"})
	for i, arm := range r.Arms {
		a, sum, started, waited := of{arm.Staffing, arm.Policy}, 0.0, 0.0, 0.0
		for _, f := range arm.Facts {
			sum, started, waited = sum+f[offered].Num, started+f[wait].Den, waited+f[wait].Num
		}
		if tickets[a] != sum || answered[a] != started || waits[a] < waited-1e-6 || waits[a] > waited+1e-6 || skips[a] != pairs[a] {
			t.Errorf("arm %d: %v tickets of %v, %v answered of %v, waited %v of %v, %v skips and %v pairs", i, tickets[a], sum, answered[a], started, waits[a],
				waited, skips[a], pairs[a])
		}
		if (pairs[a] == 0) != (arm.Policy == "line") {
			t.Errorf("%v: %v overtakings", a, pairs[a])
		}
	}
}

// TestMeasured: of the customers of a long run the table says who counts; the others came in the warm-up, or after the end.
func TestMeasured(t *testing.T) {
	r, _, l := ran(t, steady+"steady: {warmup: 2h}\nreplications: 1\nrows: [tickets]\n", Options{})
	counted, early := 0.0, 0
	for _, row := range table(t, l.Folder, "tickets.csv") {
		at := number(t, row["arrived_s"])
		if in := at >= 2*3600 && at < 22*3600; in != (row["measured"] == "1") {
			t.Fatalf("%v", row)
		} else if in {
			counted++
		} else if at < 2*3600 {
			early++
		}
	}
	offered, _ := r.Key(scenario.Metric{Name: "offered"})
	if early == 0 || counted != r.Arms[0].Facts[0][offered].Num {
		t.Errorf("%v counted of %v, %d in the warm-up", counted, r.Arms[0].Facts[0][offered], early)
	}
}

// TestAgentsAndDecisions: each agent is there from the beginning, and each start was decided.
func TestAgentsAndDecisions(t *testing.T) {
	_, _, l := ran(t, days, Options{})
	agents := table(t, l.Folder, "agents.csv")
	if len(agents) != 3*3*(4+5) {
		t.Errorf("%d states of agents, want one for each agent and replication", len(agents))
	}
	for _, row := range agents {
		if row["group"] != "desk" || row["state"] != "available" || row["from_s"] != "0" || row["to_s"] != "" {
			t.Fatalf("%v", row)
		}
	}
	decided, started := map[string]int{}, 0
	for line := range strings.Lines(read(t, l.Folder, "decisions.jsonl")) {
		var d decision
		if err := json.Unmarshal([]byte(line), &d); err != nil {
			t.Fatal(err)
		}
		if d.Node != "line" || !strings.HasPrefix(d.Agent, "desk-") || d.Class == "" {
			t.Fatalf("%s", line)
		}
		decided[d.Staffing+d.Policy+d.Replication+"#"+strconv.FormatUint(d.Ticket, 10)+" "+d.Time.String()]++
	}
	for _, row := range table(t, l.Folder, "tickets.csv") {
		if row["started_s"] != "" {
			started++
			if n := decided[row["staffing"]+row["policy"]+row["replication"]+"#"+row["ticket"]+" "+row["started_s"]]; n != 1 {
				t.Fatalf("%d decisions for %v", n, row)
			}
		}
	}
	if started != len(decided) {
		t.Errorf("%d starts, %d decisions", started, len(decided))
	}
}

// TestDictionary: every column of every table, and every metric of a row, is explained.
func TestDictionary(t *testing.T) {
	_, m, l := ran(t, days, Options{})
	known := map[string]bool{}
	for _, row := range table(t, l.Folder, dictionaryTable) {
		known[row["kind"]+" "+row["table"]+" "+row["name"]] = true
	}
	for _, out := range m.Outputs {
		if !strings.HasSuffix(out.File, ".csv") {
			continue
		}
		head, _, _ := strings.Cut(read(t, l.Folder, out.File), "\n")
		for _, name := range strings.Split(head, ",") {
			if !known["column "+out.File+" "+name] {
				t.Errorf("%s: column %s is not explained", out.File, name)
			}
		}
	}
	for _, file := range []string{replicationsTable, intervalsTable} {
		for _, row := range table(t, l.Folder, file) {
			if !known["metric  "+row["metric"]] {
				t.Fatalf("metric %s is not explained", row["metric"])
			}
			if byP := row["by"] == "period" || row["by"] == "channel+period"; byP != (file == intervalsTable) {
				t.Fatalf("%s has %v", file, row)
			}
		}
	}
}

func TestInSeconds(t *testing.T) {
	for d, want := range map[engine.Duration]string{0: "0", 1: "0.000000001", 1500 * engine.Millisecond: "1.5", -engine.Second: "-1", 3 * engine.Hour: "10800"} {
		if got := inSeconds(d); got != want {
			t.Errorf("%d: %s, want %s", d, got, want)
		}
	}
}
