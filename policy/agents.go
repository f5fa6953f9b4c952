package policy

import (
	"slices"

	"go.yaml.in/yaml/v4"

	"fairline/engine"
	"fairline/policy/spelling"
)

// readAgents reads whom a free agent is kept for, how many tickets one starts in a while, and who is chosen.
func (m *model) readAgents() {
	m.readReserve()
	agents := get(m.root, "agents").val
	m.readCaps(get(agents, "caps").val)
	m.readChoice(agents)
}

func (m *model) readReserve() {
	for i, n := range items(get(m.root, "reserve").val) {
		if n.Kind != yaml.MappingNode {
			continue
		}
		field := element("reserve", i)
		skill, free := get(n, "skill"), get(n, "for")
		m.nearSkill(skill.val, field+".skill")
		cs := m.someClasses(free.val, field+".for")
		if len(cs) == len(m.classes) && len(cs) > 0 {
			m.wrong("FL0104", free.key, field+".for", "kept free for all classes: nobody is kept from anything", "", "name those who may have the agent all the same")
		}
		number, _ := parseWhole(plain(get(n, "agents").val))
		m.reserves = append(m.reserves, engine.Reserve{Agents: int(number), Skill: engine.WordOf(str(skill.val)), For: m.sortedIDs(cs), Line: n.Line})
		m.says(str(skill.val))
	}
}

// nearSkill reports a skill that nothing asks for, where one with nearly the same name is asked for. A skill that only
// agents have is no mistake.
func (m *model) nearSkill(n *yaml.Node, field string) {
	var known []string
	for _, a := range m.asks {
		for _, name := range a.names() {
			known = append(known, name.skill)
		}
	}
	if str(n) == "" || slices.Contains(known, n.Value) {
		return
	}
	if near := spelling.DidYouMean(n.Value, known); near != "" {
		m.wrong("FL0120", n, field, "no ticket needs the skill `"+n.Value+"`", "", near)
	}
}

func (m *model) readCaps(list *yaml.Node) {
	for i, n := range items(list) {
		if n.Kind != yaml.MappingNode {
			continue
		}
		field := element("agents.caps", i)
		starts, _ := parseWhole(plain(get(n, "starts").val))
		c := engine.Cap{Starts: int(starts), Per: m.positive(get(n, "per").val, field+".per"), Line: n.Line}
		if e := get(n, "classes"); e.key != nil {
			c.Classes = m.sortedIDs(m.someClasses(e.val, field+".classes"))
		} else {
			c.Classes = m.sortedIDs(m.classes)
		}
		m.caps = append(m.caps, c)
	}
}

// someClasses are the classes of a list of names, each once. None is a fault.
func (m *model) someClasses(list *yaml.Node, field string) []*class {
	var all []*class
	names := items(list)
	if list != nil && list.Kind == yaml.SequenceNode && len(names) == 0 {
		m.wrong("FL0102", list, field, "nobody stands here", "", "name classes or groups")
	}
	for i, n := range names {
		for _, c := range m.namedClasses(n, element(field, i)) {
			if slices.Contains(all, c) {
				m.wrong("FL0112", n, element(field, i), "`"+c.name+"` stands here twice", "", "keep one of the two")
				continue
			}
			all = append(all, c)
		}
	}
	return all
}

func (m *model) sortedIDs(cs []*class) []engine.ClassID {
	ids := m.ids(cs)
	slices.Sort(ids)
	return ids
}

func (m *model) readChoice(agents *yaml.Node) {
	m.choice.Rule = engine.ChoiceRule(max(slices.Index(chooseWords, str(get(agents, "choose").val)), 0))
	seed, _ := parseWhole(plain(get(agents, "seed").val))
	m.choice.Seed = uint64(seed)
	list := get(agents, "list").val
	if list != nil && list.Kind == yaml.SequenceNode && len(list.Content) == 0 {
		m.wrong("FL0102", list, "agents.list", "nobody stands here", "", "name agents in the order in which they are asked")
	}
	for i, n := range items(list) {
		id := engine.WordOf(str(n))
		if slices.Contains(m.choice.List, id) && id != 0 {
			m.wrong("FL0112", n, element("agents.list", i), "`"+n.Value+"` stands here twice", "", "keep one of the two")
		}
		m.choice.List = append(m.choice.List, id)
	}
}
