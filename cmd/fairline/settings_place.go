package main

import (
	"errors"
	"fmt"
	"os"
	"reflect"
	"regexp"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v4"
)

// fieldForm is how a check names a field: Mode, or Endpoints[0].
var fieldForm = regexp.MustCompile(`^([A-Z][A-Za-z]*)(?:\[(\d+)\])?`)

// placed says where in a settings file the faults stand that the check of a section found, one a line. A check names fields, such as
// `webhook: Endpoints[0] /crm: Secrets: ...`; a file has keys, lines and columns. What is not there stands where it would be.
func placed(path, section string, cfg any, faults error) error {
	if faults == nil {
		return nil
	}
	var root yaml.Node
	text, err := os.ReadFile(path)
	if err == nil {
		err = yaml.Unmarshal(text, &root)
	}
	if err != nil || len(root.Content) == 0 {
		return faults // it could be read before
	}
	top := below(root.Content[0], section, "")
	if top == nil {
		return faults
	}
	var said []string
	for line := range strings.Lines(faults.Error()) {
		line = strings.TrimPrefix(strings.TrimSuffix(line, "\n"), section+": ")
		at, field, rest := locate(top, reflect.TypeOf(cfg), section, line)
		said = append(said, fmt.Sprintf("%s:%d:%d: %s: %s", path, at.Line, at.Column, field, rest))
	}
	return errors.New(strings.Join(said, "\n"))
}

// locate follows the fields that a fault begins with, and returns the place, their path in the file, and what is said of it.
func locate(at *yaml.Node, t reflect.Type, path, fault string) (*yaml.Node, string, string) {
	there := true
	for {
		for t.Kind() == reflect.Pointer {
			t = t.Elem()
		}
		name := fieldForm.FindStringSubmatch(fault)
		if name == nil || t.Kind() != reflect.Struct {
			return at, path, fault
		}
		f, known := t.FieldByName(name[1])
		if !known {
			return at, path, fault
		}
		path += "." + snake(name[1])
		t = f.Type
		if name[2] != "" {
			path += "[" + name[2] + "]"
			t = t.Elem()
		}
		if next := below(at, snake(name[1]), name[2]); there && next != nil {
			at = next
		} else {
			there = false // what is below it cannot be there either
		}
		behind := fault[len(name[0]):]
		extra, rest, said := strings.Cut(behind, ": ")
		switch {
		case strings.HasPrefix(behind, "."):
			fault = behind[1:]
		case said && (extra == "" || name[2] != ""):
			fault = rest // an entry is named beside its number: Endpoints[0] /crm
		default:
			return at, path, fault
		}
	}
}

// below is the value of a key, and of an entry in it where a number is given; nil: it is not there.
func below(n *yaml.Node, key, index string) *yaml.Node {
	for i := 0; n.Kind == yaml.MappingNode && i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value != key {
			continue
		}
		if n = n.Content[i+1]; index == "" {
			return n
		}
		if i, err := strconv.Atoi(index); err == nil && n.Kind == yaml.SequenceNode && i < len(n.Content) {
			return n.Content[i]
		}
		return nil
	}
	return nil
}
