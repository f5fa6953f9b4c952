package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"fairline/policy/codes"
	"fairline/policy/spelling"
)

func policyExplainCodeCommand() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "explain-code [CODE...]",
		Short: "Say what a code of `policy check` means, with an example before and after",
		Long: "Say what a code of `policy check` means and why it is dangerous, with an example before and after. Without a CODE: a\n" +
			"list of all.\n\nExit codes: 0 fine, 2 there is no such code.",
		Example:       "  fairline policy explain-code FL0220\n  fairline policy explain-code",
		SilenceUsage:  true,
		SilenceErrors: true,
		RunE: func(cmd *cobra.Command, args []string) error {
			return explainCodes(cmd.OutOrStdout(), args, asJSON)
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "write JSON, schema fairline.codes/1")
	return cmd
}

// codesJSON are codes with their texts, schema fairline.codes/1.
type codesJSON struct {
	Schema string     `json:"schema"`
	Codes  []codeJSON `json:"codes"`
}

// codeJSON is a code with its text.
type codeJSON struct {
	Code   string `json:"code"`
	Title  string `json:"title"`
	Means  string `json:"means"`
	Before string `json:"before"`
	After  string `json:"after"`
}

func explainCodes(out io.Writer, names []string, asJSON bool) error {
	texts := codes.All()
	if len(names) > 0 {
		texts = nil
	}
	for _, name := range names {
		t, ok := codes.Of(name)
		if !ok {
			return exitError{code: exitUsage, err: fmt.Errorf("no code is called %s%s", name, nearCode(name))}
		}
		texts = append(texts, t)
	}
	if asJSON {
		list := codesJSON{Schema: "fairline.codes/1", Codes: []codeJSON{}}
		for _, t := range texts {
			list.Codes = append(list.Codes, codeJSON{t.Code, t.Title, strings.ReplaceAll(t.Means, "\n", " "), t.Before, t.After})
		}
		return writeJSON(out, list)
	}
	var b strings.Builder
	for i, t := range texts {
		switch {
		case len(names) == 0:
			fmt.Fprintf(&b, "%s  %s\n", t.Code, t.Title)
			continue
		case i > 0:
			b.WriteByte('\n')
		}
		fmt.Fprintf(&b, "%s: %s\n\n%s\n\nBefore:\n\n%s\nAfter:\n\n%s", t.Code, t.Title, t.Means, indented(t.Before), indented(t.After))
	}
	_, err := io.WriteString(out, b.String())
	return err
}

func nearCode(name string) string {
	var all []string
	for _, t := range codes.All() {
		all = append(all, t.Code)
	}
	if near := spelling.DidYouMean(strings.ToUpper(name), all); near != "" {
		return ": " + near
	}
	return "; `fairline policy explain-code` lists them all"
}

func indented(text string) string {
	return "    " + strings.ReplaceAll(strings.TrimSuffix(text, "\n"), "\n", "\n    ") + "\n"
}
