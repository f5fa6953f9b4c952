package main

import "github.com/spf13/cobra"

// schemaCommand is `NAME` of a command that reads files of a kind: it prints their JSON Schema.
func schemaCommand(name, files, save string, schema func() []byte) *cobra.Command {
	cmd := &cobra.Command{
		Use:     name,
		Short:   "Print a JSON Schema of " + files + " files, for editors",
		Example: "  fairline " + save,
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			_, err := cmd.OutOrStdout().Write(schema())
			return err
		},
	}
	cmd.Flags().Bool("json", true, "the schema is JSON in any case")
	return cmd
}
