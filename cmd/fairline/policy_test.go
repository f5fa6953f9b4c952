package main

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestPolicyCheckExitCodes(t *testing.T) {
	bad := filepath.Join(t.TempDir(), "bad.yaml")
	if err := os.WriteFile(bad, []byte("fairline: 1\npolicy: bad\ncolour: red\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		args []string
		code int
		says string
	}{
		{[]string{"check", "weekday", "bank"}, 0, "weekday: ok (2 classes, 4 channels, 0 warnings)"},
		{[]string{"check", "weekday", bad}, 1, "error[FL0120]: unknown key `colour`"},
		{[]string{"check", bad, "nosuch"}, 2, "error[FL0120]: unknown key `colour`"},
		{[]string{"check", "--format", "xml", "bank"}, 2, ""},
		{[]string{"check", "--json", bad}, 1, `"schema": "fairline.check/1"`},
		{[]string{"check", "--format", "github", bad}, 1, "title=FL0120::unknown key"},
		{[]string{"schema"}, 0, `"fairline policy"`},
	} {
		var out strings.Builder
		cmd := policyCommand()
		cmd.SetArgs(c.args)
		cmd.SetOut(&out)
		cmd.SetErr(io.Discard)
		code := 0
		if e, ok := errors.AsType[exitError](cmd.Execute()); ok {
			code = e.code
		}
		if code != c.code || !strings.Contains(out.String(), c.says) {
			t.Errorf("policy %v: got exit %d and %q, want %d and %q", c.args, code, out.String(), c.code, c.says)
		}
	}
}
