package main

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"fairline/policy"
)

func policyCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "policy", Short: "Check, test and explain policy files"}
	cmd.AddCommand(policyCheckCommand(), policyTestCommand(), policyExplainCommand(), policyExplainCodeCommand(),
		schemaCommand("schema", "policy", "policy schema > fairline.schema.json", policy.Schema))
	return cmd
}

func policyCheckCommand() *cobra.Command {
	var asJSON, verbose bool
	var format string
	cmd := &cobra.Command{
		Use:   "check FILE...",
		Short: "Report every fault of policy files, each at its line and column",
		Long: "Report every fault of policy files, each at its line and column, with a way to mend it.\n" +
			"FILE is a path, or the name of a policy that the program ships.\n\n" +
			"Exit codes: 0 fine, 1 a file has an error, 2 usage or a file that cannot be read.",
		Example:       "  fairline policy check my.yaml\n  fairline policy check weekday --json",
		Args:          cobra.MinimumNArgs(1),
		SilenceUsage:  true,
		SilenceErrors: true,
		RunE: func(cmd *cobra.Command, args []string) error {
			if asJSON {
				format = "json"
			}
			return checkPolicies(cmd.OutOrStdout(), cmd.ErrOrStderr(), args, format, verbose)
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "the same as --format json")
	cmd.Flags().StringVar(&format, "format", "text", "text, json or github")
	cmd.Flags().BoolVarP(&verbose, "verbose", "v", false, "say of a file without an error what can happen to each class at worst")
	return cmd
}

// checkPolicies checks each file. A file that cannot be read does not keep the others from being checked.
func checkPolicies(out, narration io.Writer, names []string, format string, verbose bool) error {
	switch format {
	case "text", "json", "github":
	default:
		fmt.Fprintf(narration, "unknown format %q: text, json or github\n", format)
		return exitError{code: exitUsage}
	}
	report, unread, code := policy.NewReport(), false, ""
	for _, name := range names {
		src, err := policy.Read(name)
		if err != nil {
			fmt.Fprintln(narration, err)
			unread = true
			continue
		}
		p, faults := policy.Parse(name, src)
		report.Add(name, p, faults)
		if err := showFaults(out, name, p, faults, src, format); err != nil {
			return err
		}
		if len(faults) > 0 && code == "" {
			code = faults[0].Code
		}
		if p != nil && verbose && format == "text" {
			b := &strings.Builder{}
			sayWorst(b, p)
			fmt.Fprint(out, b.String())
		}
	}
	if code != "" && format == "text" {
		fmt.Fprintf(out, "Explain a code: fairline policy explain-code %s\n", code)
	}
	if format == "json" {
		if err := report.Write(out); err != nil {
			return err
		}
	}
	switch {
	case unread:
		return exitError{code: exitUsage}
	case report.Errors > 0:
		return exitError{code: exitFindings}
	}
	return nil
}

func showFaults(out io.Writer, name string, p *policy.Policy, faults policy.Faults, src []byte, format string) error {
	switch format {
	case "github":
		return policy.RenderGitHub(out, faults)
	case "json":
		return nil
	}
	err := policy.Render(out, faults, src, colored(out))
	if len(faults) > 0 {
		fmt.Fprintln(out)
	}
	_, err2 := fmt.Fprintln(out, policy.Summary(name, p, faults))
	return errors.Join(err, err2)
}
