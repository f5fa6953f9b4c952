package scenario

import "fairline/policy/sheet"

// Schema returns a JSON Schema (draft 2020-12) of scenario files, for editors. It is made from the table of keys that Parse
// goes by. It is wider than Parse: it does not compare names, sums and times.
func Schema() []byte { return sheet.Schema("fairline scenario", scenarioShape) }

// ExperimentSchema returns a JSON Schema (draft 2020-12) of experiment files, like Schema.
func ExperimentSchema() []byte { return sheet.Schema("fairline experiment", experimentShape) }
