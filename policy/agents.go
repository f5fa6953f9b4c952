package policy

import (
	"slices"

	"go.yaml.in/yaml/v4"

	"fairline/engine"
	"fairline/policy/sheet"
	"fairline/policy/spelling"
)

// readAgents reads whom a free agent is kept for, how many tickets one starts in a while, and who is chosen.
func (m *model) readAgents() {
	m.readReserve()
	agents := sheet.Get(m.root, "agents").Val
	m.readCaps(sheet.Get(agents, "caps").Val)
	m.readChoice(agents)
}

func (m *model) readReserve() {
	for i, n := range sheet.Items(sheet.Get(m.root, "reserve").Val) {
		if n.Kind != yaml.MappingNode {
			continue
		}
		field := sheet.Element("reserve", i)
		skill, free := sheet.Get(n, "skill"), sheet.Get(n, "for")
		m.nearSkill(skill.Val, field+".skill")
		cs := m.someClasses(free.Val, field+".for")
		if len(cs) == len(m.classes) && len(cs) > 0 {
			m.Wrong("FL0104", free.Key, field+".for", "kept free for all classes: nobody is kept from anything", "", "name those who may have the agent all the same")
		}
		number, _ := sheet.ParseWhole(sheet.Plain(sheet.Get(n, "agents").Val))
		m.reserves = append(m.reserves, engine.Reserve{Agents: int(number), Skill: engine.WordOf(sheet.Str(skill.Val)), For: m.sortedIDs(cs), Line: n.Line})
		m.says(sheet.Str(skill.Val))
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
	if sheet.Str(n) == "" || slices.Contains(known, n.Value) {
		return
	}
	if near := spelling.DidYouMean(n.Value, known); near != "" {
		m.Wrong("FL0120", n, field, "no ticket needs the skill `"+n.Value+"`", "", near)
	}
}

func (m *model) readCaps(list *yaml.Node) {
	for i, n := range sheet.Items(list) {
		if n.Kind != yaml.MappingNode {
			continue
		}
		field := sheet.Element("agents.caps", i)
		starts, _ := sheet.ParseWhole(sheet.Plain(sheet.Get(n, "starts").Val))
		c := engine.Cap{Starts: int(starts), Per: m.positive(sheet.Get(n, "per").Val, field+".per"), Line: n.Line}
		if e := sheet.Get(n, "classes"); e.Key != nil {
			c.Classes = m.sortedIDs(m.someClasses(e.Val, field+".classes"))
		} else {
			c.Classes = m.sortedIDs(m.classes)
		}
		m.caps = append(m.caps, c)
	}
}

// someClasses are the classes of a list of names, each once. None is a fault.
func (m *model) someClasses(list *yaml.Node, field string) []*class {
	var all []*class
	names := sheet.Items(list)
	if list != nil && list.Kind == yaml.SequenceNode && len(names) == 0 {
		m.Wrong("FL0102", list, field, "nobody stands here", "", "name classes or groups")
	}
	for i, n := range names {
		for _, c := range m.namedClasses(n, sheet.Element(field, i)) {
			if slices.Contains(all, c) {
				m.Wrong("FL0112", n, sheet.Element(field, i), "`"+c.name+"` stands here twice", "", "keep one of the two")
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
	m.choice.Rule = engine.ChoiceRule(max(slices.Index(chooseWords, sheet.Str(sheet.Get(agents, "choose").Val)), 0))
	seed, _ := sheet.ParseWhole(sheet.Plain(sheet.Get(agents, "seed").Val))
	m.choice.Seed = uint64(seed)
	list := sheet.Get(agents, "list").Val
	if list != nil && list.Kind == yaml.SequenceNode && len(list.Content) == 0 {
		m.Wrong("FL0102", list, "agents.list", "nobody stands here", "", "name agents in the order in which they are asked")
	}
	for i, n := range sheet.Items(list) {
		id := engine.WordOf(sheet.Str(n))
		if slices.Contains(m.choice.List, id) && id != 0 {
			m.Wrong("FL0112", n, sheet.Element("agents.list", i), "`"+n.Value+"` stands here twice", "", "keep one of the two")
		}
		m.choice.List = append(m.choice.List, id)
	}
}
