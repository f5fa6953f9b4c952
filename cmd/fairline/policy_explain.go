package main

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"fairline/policy"
	"fairline/policy/sentence"
	"fairline/policy/worst"
)

func policyExplainCommand() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "explain FILE",
		Short: "Say each rule of a policy file in words, and what can happen to each class at worst",
		Long: "Say each rule of a policy file as a sentence, in the order of the file, each with its line; and behind them for each\n" +
			"class how often and by whom its tickets can be overtaken at worst.\n" +
			"FILE is a path, or the name of a policy that the program ships.\n\n" +
			"Exit codes: 0 fine, 1 the file has an error, 2 usage or a file that cannot be read.",
		Example:       "  fairline policy explain weekday\n  fairline policy explain my.yaml --json",
		Args:          cobra.ExactArgs(1),
		SilenceUsage:  true,
		SilenceErrors: true,
		RunE: func(cmd *cobra.Command, args []string) error {
			p, err := readOnePolicy(cmd.ErrOrStderr(), args[0])
			if err != nil {
				return err
			}
			if asJSON {
				return writeJSON(cmd.OutOrStdout(), explainedPolicy(p))
			}
			return sayPolicy(cmd.OutOrStdout(), p)
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "write JSON, schema fairline.sentences/1")
	return cmd
}

// readOnePolicy reads a policy that must be without error; what is wrong is narrated.
func readOnePolicy(narration io.Writer, name string) (*policy.Policy, error) {
	p, faults, err := policy.Load(name)
	if err != nil {
		return nil, exitError{code: exitUsage, err: err}
	}
	if p != nil {
		return p, nil
	}
	src, err := policy.Read(name)
	if err != nil {
		return nil, exitError{code: exitUsage, err: err}
	}
	if err := policy.Render(narration, faults, src, colored(narration)); err != nil {
		return nil, err
	}
	return nil, exitError{code: exitFindings, err: errors.New(policy.Summary(name, p, faults))}
}

func sayPolicy(out io.Writer, p *policy.Policy) error {
	b := &strings.Builder{}
	lines := sentence.Of(p)
	width := 0
	for _, l := range lines {
		width = max(width, len(fmt.Sprintf("%s:%d", p.File, l.Line)))
	}
	for _, l := range lines {
		fmt.Fprintf(b, "%-*s  %s\n", width, fmt.Sprintf("%s:%d", p.File, l.Line), wrapped(l.Text, 96, width+2))
	}
	b.WriteString("\nAt worst a ticket is overtaken\n")
	sayWorst(b, p)
	_, err := io.WriteString(out, b.String())
	return err
}

// sayWorst writes the worst case of each class.
func sayWorst(b *strings.Builder, p *policy.Policy) {
	width := 0
	cases := worst.Of(p)
	for _, c := range cases {
		width = max(width, len(c.Class))
	}
	for _, c := range cases {
		for i, part := range strings.Split(c.String(), "; ") {
			name := ""
			if i == 0 {
				name = c.Class
			}
			fmt.Fprintf(b, "  %-*s  %s\n", width, name, part)
		}
	}
}

// wrapped breaks a text into lines, all but the first indented.
func wrapped(text string, width, indent int) string {
	var b strings.Builder
	column := 0
	for i, word := range strings.Fields(text) {
		switch {
		case i == 0:
		case column+1+len(word) > width:
			b.WriteString("\n" + strings.Repeat(" ", indent))
			column = 0
		default:
			b.WriteByte(' ')
			column++
		}
		b.WriteString(word)
		column += len(word)
	}
	return b.String()
}

// policyJSON is a policy in words, schema fairline.sentences/1.
type policyJSON struct {
	Schema string         `json:"schema"`
	Policy string         `json:"policy"`
	File   string         `json:"file"`
	Rules  []sentenceJSON `json:"rules"`
	Worst  []worstJSON    `json:"worst"`
}

type sentenceJSON struct {
	Line int    `json:"line"`
	Text string `json:"text"`
}

type worstJSON struct {
	Class  string     `json:"class"`
	Line   int        `json:"line"`
	Answer string     `json:"answer"` // proved none, bounded, undecided or unbounded
	Text   string     `json:"text"`
	Terms  []termJSON `json:"terms"`
}

type termJSON struct {
	Answer string   `json:"answer"`
	By     []string `json:"by"`
	Count  *int64   `json:"overtakings,omitempty"`
	Within int64    `json:"came_less_than_ns_after,omitempty"`
	Part   string   `json:"came_in_the_first_part_of_its_wait,omitempty"` // such as 3/4
	OneIn  int64    `json:"one_start_in,omitempty"`
	What   string   `json:"what"`
	Line   int      `json:"line"`
}

func explainedPolicy(p *policy.Policy) policyJSON {
	out := policyJSON{Schema: "fairline.sentences/1", Policy: p.Engine.Name, File: p.File, Rules: []sentenceJSON{}, Worst: []worstJSON{}}
	for _, l := range sentence.Of(p) {
		out.Rules = append(out.Rules, sentenceJSON{l.Line, l.Text})
	}
	for _, c := range worst.Of(p) {
		w := worstJSON{Class: c.Class, Line: c.Line, Answer: c.Kind.String(), Text: c.String(), Terms: []termJSON{}}
		for _, t := range c.Terms {
			j := termJSON{Answer: t.Kind.String(), By: t.By, Within: int64(t.Within), What: t.What, Line: t.Line}
			switch t.Kind {
			case worst.Counted:
				j.Count = &t.Count
			case worst.ByWait:
				j.Part = t.Part.String()
			case worst.OneIn:
				j.OneIn = t.Count
			}
			w.Terms = append(w.Terms, j)
		}
		out.Worst = append(out.Worst, w)
	}
	return out
}
