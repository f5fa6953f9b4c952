package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"fairline/policy"
	"fairline/policy/mapping"
	"fairline/policy/sheet"
)

func webhookCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "webhook", Short: "Check and try the mappings of webhooks and streams"}
	cmd.AddCommand(webhookTestCommand(),
		schemaCommand("schema", "mapping", "webhook schema > mapping.schema.json", mapping.Schema))
	return cmd
}

// A webhookTrial is what `webhook test` is asked.
type webhookTrial struct {
	mapping, policy, at, us, kind string
	words                         []string
	asJSON                        bool
}

func webhookTestCommand() *cobra.Command {
	var w webhookTrial
	cmd := &cobra.Command{
		Use:   "test MAPPING [SAMPLE...]",
		Short: "Show the tickets that a mapping makes of recorded bodies",
		Long: "Show the tickets that a mapping makes of recorded bodies, what it drops and why. Without a SAMPLE the mapping is checked only.\n" +
			"MAPPING is a path, or the name of a mapping that the program ships: " + strings.Join(mapping.Names(), ", ") + ".\n" +
			"SAMPLE is a file of JSON, of a form (.form), or of a stream's events (.sse); - is standard input. No signature is asked, and\n" +
			"nothing is sent. Identities are not shown: the kind is, and whether the platform vouches for it.\n\n" +
			"Exit codes: 0 fine, 1 the mapping or the policy has an error, or a sample became nothing that the mapping knows, 2 usage or a\n" +
			"file that cannot be read.",
		Example: "  fairline webhook test whatsapp body.json --policy my.yaml\n  fairline webhook test mastodon stream.sse --us 1170 --words acme",
		Args:    cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			w.mapping = args[0]
			return w.run(cmd.InOrStdin(), cmd.OutOrStdout(), cmd.ErrOrStderr(), args[1:])
		},
	}
	f := cmd.Flags()
	f.StringVar(&w.policy, "policy", "", "hold the mapping to this policy: its `never`, channels and attributes")
	f.StringVar(&w.at, "at", "", "JSON pointer to the body in the sample; * is each element: /*")
	f.StringVar(&w.us, "us", "", "our own account at the platform")
	f.StringVar(&w.kind, "kind", "", "the kind of a stream's event, where the sample does not say: update, notification")
	f.StringSliceVar(&w.words, "words", nil, "words that posts are looked for, in lower case")
	f.BoolVar(&w.asJSON, "json", false, "write JSON, schema fairline.webhook-test/1")
	return cmd
}

// webhookReport is what a mapping makes of samples, schema fairline.webhook-test/1.
type webhookReport struct {
	Schema  string        `json:"schema"`
	Mapping string        `json:"mapping"`
	Faults  []string      `json:"faults"`
	Bodies  []webhookBody `json:"bodies"`
}

// webhookBody is what a body became.
type webhookBody struct {
	Sample  string           `json:"sample"`
	Error   string           `json:"error,omitempty"`
	Tickets []webhookTicket  `json:"tickets"`
	Ends    []mapping.Ending `json:"ends"`
	Drops   []mapping.Drop   `json:"drops"`
	Others  int              `json:"others"`
	Errors  int              `json:"errors"`
}

// webhookTicket is a contact as it is shown: without an identity.
type webhookTicket struct {
	Event      string         `json:"event"`
	Line       string         `json:"line,omitempty"`
	ID         string         `json:"id"`
	Channel    string         `json:"channel"`
	Customer   string         `json:"customer"`
	Verified   bool           `json:"verified"`
	Matter     string         `json:"matter,omitempty"`
	Arrived    *time.Time     `json:"arrived,omitempty"`
	Due        *time.Time     `json:"due,omitempty"`
	Needs      []string       `json:"needs,omitempty"`
	Attributes map[string]any `json:"attributes,omitempty"`
	Origin     string         `json:"origin"`
	ReplyTo    bool           `json:"reply_to,omitempty"` // an answer can go to the customer alone
	Ref        string         `json:"ref"`
	KeptBack   []string       `json:"kept_back,omitempty"`
}

func (w webhookTrial) run(in io.Reader, out, narration io.Writer, samples []string) error {
	p, err := w.loadPolicy(out)
	if err != nil {
		return err
	}
	src, err := mapping.Read(w.mapping)
	if err != nil {
		return exitError{code: exitUsage, err: err}
	}
	m, faults := mapping.Parse(w.mapping, src, p)
	report := webhookReport{Schema: "fairline.webhook-test/1", Mapping: w.mapping, Faults: []string{}, Bodies: []webhookBody{}}
	for _, f := range faults {
		report.Faults = append(report.Faults, f.Error())
	}
	if !w.asJSON {
		if err := sheet.Render(out, faults, src, colored(out)); err != nil {
			return err
		}
	}
	unread := false
	for _, name := range samples {
		if m == nil {
			break
		}
		bodies, err := w.read(in, name)
		if err != nil {
			fmt.Fprintln(narration, err)
			unread = true
		}
		for _, b := range bodies {
			report.Bodies = append(report.Bodies, w.body(m, b))
		}
	}
	if err := w.show(out, m, report); err != nil {
		return err
	}
	switch nothing := func(b webhookBody) bool { return b.Error != "" || b.Others > 0 }; {
	case unread:
		return exitError{code: exitUsage}
	case m == nil || slices.ContainsFunc(report.Bodies, nothing):
		return exitError{code: exitFindings}
	}
	return nil
}

// loadPolicy loads the policy to hold the mapping to; nil where none is named.
func (w webhookTrial) loadPolicy(out io.Writer) (*policy.Policy, error) {
	if w.policy == "" {
		return nil, nil
	}
	src, err := policy.Read(w.policy)
	if err != nil {
		return nil, exitError{code: exitUsage, err: err}
	}
	p, faults := policy.Parse(w.policy, src)
	if p == nil {
		return nil, errors.Join(policy.Render(out, faults, src, colored(out)), exitError{code: exitFindings})
	}
	return p, nil
}

// A sampled is one body of a sample.
type sampled struct {
	name, kind string
	body       any
	err        error
}

// sampleMax is how large a sample may be.
const sampleMax = 16 << 20

// read reads the bodies of a sample.
func (w webhookTrial) read(in io.Reader, name string) ([]sampled, error) {
	raw, err := []byte(nil), error(nil)
	if name == "-" {
		raw, err = io.ReadAll(io.LimitReader(in, sampleMax))
	} else {
		raw, err = os.ReadFile(name)
	}
	if err != nil {
		return nil, err
	}
	switch {
	case strings.HasSuffix(name, ".sse"):
		return sampleEvents(name, raw), nil
	case strings.HasSuffix(name, ".form"):
		body, err := mapping.DecodeForm(bytes.TrimSpace(raw))
		return []sampled{{name: name, body: body, err: err}}, nil
	}
	body, err := mapping.Decode(raw)
	if err != nil || w.at == "" {
		return []sampled{{name: name, kind: w.kind, body: body, err: err}}, nil
	}
	found := under(sampled{name: name, kind: w.kind, body: body}, strings.Split(strings.TrimPrefix(w.at, "/"), "/"))
	if len(found) == 0 {
		return nil, fmt.Errorf("%s: nothing stands at %s", name, w.at)
	}
	return found, nil
}

// under are the bodies at a pointer; * is each element of a list and each value of an object.
func under(s sampled, steps []string) []sampled {
	if len(steps) == 0 {
		return []sampled{s}
	}
	var found []sampled
	add := func(key string, v any) {
		found = append(found, under(sampled{name: s.name + "/" + key, kind: s.kind, body: v}, steps[1:])...)
	}
	switch in := s.body.(type) {
	case map[string]any:
		for _, key := range slices.Sorted(maps.Keys(in)) {
			if steps[0] == "*" || steps[0] == key {
				add(key, in[key])
			}
		}
	case []any:
		for i, v := range in {
			if steps[0] == "*" || steps[0] == strconv.Itoa(i) {
				add(strconv.Itoa(i), v)
			}
		}
	}
	return found
}

// sampleEvents reads the events of a recorded stream.
func sampleEvents(name string, raw []byte) []sampled {
	var list []sampled
	kind := ""
	for line := range strings.Lines(string(raw)) {
		field, value, _ := strings.Cut(strings.TrimRight(line, "\r\n"), ":")
		value = strings.TrimPrefix(value, " ")
		switch field {
		case "event":
			kind = value
		case "data":
			body, err := mapping.DecodeStream([]byte(value))
			list = append(list, sampled{name: fmt.Sprintf("%s, %s %d", name, kind, len(list)+1), kind: kind, body: body, err: err})
		}
	}
	return list
}
