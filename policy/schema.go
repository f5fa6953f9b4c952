package policy

import "fairline/policy/sheet"

// Schema returns a JSON Schema (draft 2020-12) of policy files, for editors. It is made from the table of keys that
// Parse goes by, so the two know the same keys. It is wider than Parse: it does not read expressions, and does not
// compare names.
func Schema() []byte { return sheet.Schema("fairline policy", fileShape) }
