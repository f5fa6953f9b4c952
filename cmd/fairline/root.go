package main

import (
	"github.com/spf13/cobra"
)

const rootLong = `Fairline keeps one fair line across phone, e-mail and social channels, and writes down every overtaking
with its reason.

  fairline demo     shows it in two seconds, offline
  fairline serve    runs a line, ready for tickets and agents

Exit codes: 0 fine, 1 findings or a refusal, 2 usage or input (also 400 and 413 of a line), 3 changes present, 4 undecided.`

// rootCommand returns the whole program.
func rootCommand() *cobra.Command {
	root := &cobra.Command{
		Use:           "fairline",
		Short:         "One fair line, and a reason for every overtaking",
		Long:          rootLong,
		Example:       "  fairline demo\n  fairline serve\n  fairline ticket send --channel phone",
		SilenceUsage:  true,
		SilenceErrors: true,
	}
	root.CompletionOptions.HiddenDefaultCmd = true
	root.AddCommand(demoCommand(), initCommand(), serveCommand(), policyCommand(), ticketCommand(), agentCommand(), playCommand(),
		explainCommand(), policyExplainCodeCommand(), ledgerCommand(), doctorCommand(), topCommand(), theoryCommand())
	root.AddCommand(simulateCommand(), rerunCommand())
	root.AddCommand(compareCommand())
	root.AddCommand(webhookCommand(), adapterCommand(), customerCommand())
	groups(root)
	return root
}

// groups makes an unknown command of a group an error too: `fairline policy chekc` must not pass where it stands in a script.
func groups(cmd *cobra.Command) {
	for _, sub := range cmd.Commands() {
		if !sub.Runnable() {
			sub.Args = cobra.NoArgs
			sub.RunE = func(cmd *cobra.Command, _ []string) error { return cmd.Help() }
		}
		groups(sub)
	}
}
