package experiment

import (
	"bufio"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"

	"fairline/engine"
	"fairline/simulations/measure"
	"fairline/simulations/run"
	"fairline/simulations/scenario"
)

// A rowTable is a table with a row for each fact of a replication, which is written only where the experiment asks for it.
type rowTable struct {
	file    string
	columns []column // nil: it is JSON
	asked   func(*scenario.Experiment) bool
}

// A column is what a column of a table means.
type column struct{ name, unit, meaning string }

// of an arm, at the beginning of each table.
var armColumns = []column{{"scenario", "", "name of the scenario"},
	{"staffing", "", "name of the staffing; empty: as the scenario says"}, {"policy", "", "name of the policy"}}

var replicationColumns = append(armColumns[:3:3],
	column{"replication", "", "number of the replication, from 0: the same customers in all arms"})

const strictColumn = "strict_started_s"

var rowTables = []rowTable{
	{"tickets.csv", append(replicationColumns[:4:4],
		column{"ticket", "", "number of the ticket in its replication; 0: never in the line"},
		column{"source", "", "customers of the scenario among whom the customer began, or as whom they came again"},
		column{"customer", "", "number of the customer within the source"},
		column{"attempt", "", "0: the first"},
		column{"channel", "", ""}, column{"class", "", "of the policy, at the arrival; empty: never in the line"},
		column{"need", "", "as the scenario lists it"}, column{"measured", "", "1: it arrived in the time that is measured"},
		column{"arrived_s", "s", "since the scenario began"}, column{"started_s", "s", "the first start; empty: never started"},
		column{"ended_s", "s", "empty: still there at the end"},
		column{"outcome", "", "open, served, abandoned, blocked, balked or closed"},
		column{"agent", "", "who started it last"},
		column{"times_overtaken", "tickets", "how many that came later were started before it"},
		column{"overtook", "tickets", "how many earlier ones its starts passed"},
		column{strictColumn, "s", "its start in strict order of arrival, with the same customers and agents; empty: none"}),
		func(x *scenario.Experiment) bool { return x.Rows.Tickets }},
	{"overtakings.csv", append(replicationColumns[:4:4],
		column{"time_s", "s", "since the scenario began"}, column{"over", "", "number of the ticket that went ahead"},
		column{"under", "", "number of the ticket it passed"}, column{"over_channel", "", ""}, column{"under_channel", "", ""},
		column{"over_class", "", ""}, column{"under_class", "", ""}, column{"node", "", "of the policy, which decided"},
		column{"guard", "", "protection of the node, where one decided"},
		column{"why", "", "order, guard, or what else let it be passed"},
		column{"under_waited_s", "s", "how long the one that was passed had waited"}),
		func(x *scenario.Experiment) bool { return x.Rows.Overtakings }},
	{"agents.csv", append(replicationColumns[:4:4],
		column{"agent", "", ""}, column{"group", "", ""}, column{"state", "", "available, break or offline"},
		column{"from_s", "s", "since the scenario began"}, column{"to_s", "s", "empty: to the end"}),
		func(x *scenario.Experiment) bool { return x.Rows.Agents }},
	{"decisions.jsonl", nil, func(x *scenario.Experiment) bool { return x.Rows.Decisions }},
}

// columnsOf are the columns of a table in an experiment.
func (t *rowTable) columnsOf(x *scenario.Experiment) (list []column) {
	for _, c := range t.columns {
		if c.name != strictColumn || x.StrictLine {
			list = append(list, c)
		}
	}
	return list
}

// partPath is where the rows of a replication are until the run is over.
func (s *study) partPath(t *rowTable, j job) string {
	return filepath.Join(s.folder, partsFolder, fmt.Sprintf("%s-%d-%d", t.file, j.arm.number, j.replication))
}

// partsSize is how many bytes the rows of a replication take, -1 where a table is not there.
func (s *study) partsSize(j job) (sum int64) {
	if s.folder == "" {
		return 0
	}
	for i := range rowTables {
		if t := &rowTables[i]; t.asked(&s.experiment) {
			info, err := os.Stat(s.partPath(t, j))
			if err != nil {
				return -1
			}
			sum += info.Size()
		}
	}
	return sum
}

// rows writes what happens in one replication.
type rows struct {
	study                        *study
	arm                          *arm
	strict                       StrictLine
	head                         []string // arm and replication
	tickets, overtakings, agents *part
	decisions                    *part
	states                       []agentState
	names                        map[engine.AgentID]string
	parts                        []*part
}

// An agentState is what an agent does since an instant.
type agentState struct {
	state string
	since engine.Instant
}

// A part is a table of one replication.
type part struct {
	file *os.File
	buf  *bufio.Writer
	csv  *csv.Writer
	err  error
}

// rows opens the tables of a replication, nil where none is asked for.
func (s *study) rows(p *player, j job) (*rows, error) {
	if x := s.experiment.Rows; s.folder == "" || x == (scenario.Rows{}) {
		return nil, nil
	}
	r := &rows{study: s, arm: j.arm, head: []string{j.arm.Scenario, j.arm.Staffing, j.arm.Policy, strconv.Itoa(j.replication)}}
	for _, e := range p.extras {
		if strict, ok := e.(StrictLine); ok {
			r.strict = strict
		}
	}
	for i, to := range []**part{&r.tickets, &r.overtakings, &r.agents, &r.decisions} {
		if !rowTables[i].asked(&s.experiment) {
			continue
		}
		f, err := os.Create(s.partPath(&rowTables[i], j))
		if err != nil {
			return nil, errors.Join(err, r.close())
		}
		b := bufio.NewWriterSize(f, 1<<16)
		*to = &part{file: f, buf: b, csv: csv.NewWriter(b)}
		r.parts = append(r.parts, *to)
	}
	if r.agents != nil {
		r.states = make([]agentState, len(j.arm.model.Shape.Agents))
	}
	if r.decisions != nil {
		r.names = map[engine.AgentID]string{}
		for _, a := range j.arm.model.Shape.Agents {
			r.names[engine.WordOf(a.Name)] = a.Name
		}
	}
	return r, nil
}

// watch has the tables told of what happens.
func (r *rows) watch(w *run.Watch) {
	if r == nil {
		return
	}
	if r.tickets != nil {
		w.Ended = r.ended
	}
	if r.overtakings != nil {
		w.Paired = r.paired
	}
	if r.agents != nil {
		w.Agent = r.agent
	}
	if r.decisions != nil {
		w.Decided = r.decided
	}
}

// close ends the tables.
func (r *rows) close() (err error) {
	if r == nil {
		return nil
	}
	for i, a := range r.states {
		if a.state != "" {
			r.state(i, a, "")
		}
	}
	for _, p := range r.parts {
		p.csv.Flush()
		err = errors.Join(err, p.err, p.csv.Error(), p.buf.Flush(), p.file.Close())
	}
	return err
}

// at is an instant in seconds since the scenario began.
func (r *rows) at(i engine.Instant) string { return inSeconds(i.Sub(r.arm.scenario.Starts)) }

// inSeconds writes a span in seconds, exactly.
func inSeconds(d engine.Duration) string {
	sign := ""
	if d < 0 {
		sign, d = "-", -d
	}
	text := strconv.FormatInt(int64(d/engine.Second), 10)
	if rest := int64(d % engine.Second); rest > 0 {
		digits := fmt.Sprintf("%09d", rest)
		for digits[len(digits)-1] == '0' {
			digits = digits[:len(digits)-1]
		}
		text += "." + digits
	}
	return sign + text
}

func (p *part) write(head []string, cells ...string) {
	if err := p.csv.Write(append(head[:len(head):len(head)], cells...)); p.err == nil {
		p.err = err
	}
}

var outcomes = map[measure.Outcome]string{measure.Open: "open", measure.Served: "served", measure.Abandoned: "abandoned",
	measure.Blocked: "blocked", measure.Balked: "balked", measure.Closed: "closed"}

func (r *rows) ended(_ engine.Instant, t *measure.Ticket) {
	sh := &r.arm.model.Shape
	class, need, agent, started, ended := sh.Classes[t.Class], "", "", "", ""
	if t.Outcome == measure.Blocked || t.Outcome == measure.Balked {
		class = ""
	}
	if n := r.arm.scenario.Needs; int(t.Need) < len(n) {
		need = n[t.Need]
	}
	if t.Agent >= 0 && t.Started != 0 {
		agent = sh.Agents[t.Agent].Name
	}
	if t.Started != 0 {
		started = r.at(t.Started)
	}
	if t.Outcome != measure.Open {
		ended = r.at(t.Ended)
	}
	measured := "0"
	if t.Arrived >= sh.Begins && t.Arrived < sh.Ends {
		measured = "1"
	}
	cells := []string{strconv.FormatUint(uint64(t.ID), 10), sh.Sources[t.Source], strconv.FormatInt(t.Index, 10),
		strconv.Itoa(int(t.Attempt)), sh.Channels[t.Channel], class, need, measured, r.at(t.Arrived), started, ended, outcomes[t.Outcome], agent,
		strconv.FormatUint(uint64(t.Slips), 10), strconv.FormatUint(uint64(t.Skips), 10)}
	if r.study.experiment.StrictLine {
		strict := ""
		if r.strict != nil {
			if at, ok := r.strict.StrictStart(t); ok {
				strict = r.at(at)
			}
		}
		cells = append(cells, strict)
	}
	r.tickets.write(r.head, cells...)
}

// whys are the words for what let a ticket be passed.
var whys = map[engine.Cause]string{engine.ByOrder: "order", engine.ByGuard: "guard", engine.ByCoolOff: "cool-off",
	engine.ByMiss: "missed offer", engine.ByPull: "pull", engine.ByMove: "move", engine.ByPreference: "preferred agent",
	engine.ByDrain: "drain", engine.ByInterrupt: "interrupt", engine.ByReserve: "reserve", engine.ByCap: "cap"}

// decider names what decided: a node of the policy, and its protection.
func (r *rows) decider(ev *engine.Event) (node, guard string) {
	if nodes := r.arm.model.Shape.Nodes; int(ev.Node) < len(nodes) {
		node = nodes[ev.Node].Name
		if g := int(ev.Guard); g >= 0 && g < len(nodes[ev.Node].Guards) {
			guard = nodes[ev.Node].Guards[g]
		}
	}
	return node, guard
}

func (r *rows) paired(now engine.Instant, over, under *measure.Ticket, row *engine.Event) {
	sh := &r.arm.model.Shape
	node, guard := r.decider(row)
	r.overtakings.write(r.head, r.at(now), strconv.FormatUint(uint64(over.ID), 10), strconv.FormatUint(uint64(under.ID), 10),
		sh.Channels[over.Channel], sh.Channels[under.Channel], sh.Classes[over.Class], sh.Classes[under.Class], node, guard,
		whys[row.Why], inSeconds(now.Sub(under.Arrived)))
}

func (r *rows) agent(now engine.Instant, agent int, state string) {
	a := &r.states[agent]
	if a.state == state {
		return
	}
	if a.state != "" {
		r.state(agent, *a, r.at(now))
	}
	*a = agentState{state, now}
}

func (r *rows) state(agent int, a agentState, to string) {
	sh := &r.arm.model.Shape
	r.agents.write(r.head, sh.Agents[agent].Name, sh.Groups[sh.Agents[agent].Group], a.state, r.at(a.since), to)
}

// A decision is a line of decisions.jsonl: why this ticket was offered to this agent.
type decision struct {
	Scenario    string      `json:"scenario"`
	Staffing    string      `json:"staffing"`
	Policy      string      `json:"policy"`
	Replication string      `json:"replication"`
	Time        json.Number `json:"time_s"`
	Ticket      uint64      `json:"ticket"`
	Agent       string      `json:"agent"`
	Class       string      `json:"class"`
	Node        string      `json:"node"`
	Guard       string      `json:"guard,omitempty"`
	Why         string      `json:"why"`
	RunnerUp    uint64      `json:"runner_up,omitempty"`
	KeyWon      int64       `json:"key_won"`
	KeyLost     int64       `json:"key_lost"`
	Passed      uint32      `json:"passed"`
	BySkill     uint32      `json:"passed_by_skill"`
	ByRoom      uint32      `json:"passed_by_capacity"`
}

func (r *rows) decided(events []engine.Event) {
	for i := range events {
		ev := &events[i]
		if ev.Kind != engine.Offered {
			continue
		}
		node, guard := r.decider(ev)
		d := decision{Scenario: r.head[0], Staffing: r.head[1], Policy: r.head[2], Replication: r.head[3],
			Time: json.Number(r.at(ev.At)), Ticket: uint64(ev.Ticket), Agent: r.names[ev.Agent],
			Class: r.arm.model.Shape.Classes[ev.Class], Node: node, Guard: guard, Why: whys[ev.Why], RunnerUp: uint64(ev.Rival),
			KeyWon: ev.KeyWon, KeyLost: ev.KeyLost, Passed: ev.Count, BySkill: ev.Skill, ByRoom: ev.Room}
		b, err := json.Marshal(d)
		if err == nil {
			_, err = r.decisions.buf.Write(append(b, '\n'))
		}
		if r.decisions.err == nil {
			r.decisions.err = err
		}
	}
}

// gather puts the rows of all replications together, arm by arm.
func (s *study) gather(t *rowTable, w io.Writer) error {
	for _, a := range s.arms {
		for r := range a.facts {
			f, err := os.Open(s.partPath(t, job{a, r}))
			if err != nil {
				return err
			}
			_, err = io.Copy(w, f)
			if err = errors.Join(err, f.Close()); err != nil {
				return err
			}
		}
	}
	return nil
}
