package outline

import (
	"strconv"

	"go.yaml.in/yaml/v4"
)

// A Pair is a key and the text behind it.
type Pair struct{ Key, Text string }

// find follows keys, and indexes of lists, from the top of the file. It returns nil where there is no such thing.
func (o *Outline) find(path []string) (n *yaml.Node, line int) {
	n = o.root
	for _, key := range path {
		if i, err := strconv.Atoi(key); err == nil && n != nil && n.Kind == yaml.SequenceNode {
			if i >= len(n.Content) {
				return nil, 0
			}
			n, line = n.Content[i], n.Content[i].Line
			continue
		}
		n, line = get(n, key), keyLine(n, key)
	}
	return n, line
}

// Line is the line of what a path of keys and indexes leads to, 0 where there is nothing.
func (o *Outline) Line(path ...string) int {
	_, line := o.find(path)
	return line
}

// Text is the scalar at a path, empty where there is none.
func (o *Outline) Text(path ...string) string {
	n, _ := o.find(path)
	return text(n)
}

// Texts are the elements of the list at a path.
func (o *Outline) Texts(path ...string) []string {
	n, _ := o.find(path)
	var all []string
	for _, c := range items(n) {
		all = append(all, text(c))
	}
	return all
}

// Len is how many elements the list at a path has.
func (o *Outline) Len(path ...string) int {
	n, _ := o.find(path)
	return len(items(n))
}

// Pairs are the keys and texts of the mapping at a path, in the order of the file.
func (o *Outline) Pairs(path ...string) []Pair {
	n, _ := o.find(path)
	var all []Pair
	for i := 0; n != nil && n.Kind == yaml.MappingNode && i+1 < len(n.Content); i += 2 {
		v := n.Content[i+1]
		p := Pair{n.Content[i].Value, text(v)}
		for j, c := range items(v) {
			if j > 0 {
				p.Text += " and "
			}
			p.Text += text(c)
		}
		all = append(all, p)
	}
	return all
}
