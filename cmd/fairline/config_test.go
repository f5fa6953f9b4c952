package main

import (
	"os"
	"reflect"
	"strings"
	"testing"
)

// TestConfigurationIsDocumented holds the table of docs/operations.md to the fields.
func TestConfigurationIsDocumented(t *testing.T) {
	text, err := os.ReadFile("../../docs/operations.md")
	if err != nil {
		t.Fatal(err)
	}
	cmd := serveCommand()
	for i, name := range variables() {
		key := reflect.TypeFor[config]().Field(i).Tag.Get("yaml")
		flag := strings.ReplaceAll(key, "_", "-")
		row := "| `" + key + "` | `--" + flag + "` | `" + name + "` |"
		if !strings.Contains(string(text), row) {
			t.Errorf("docs/operations.md has no row %s", row)
		}
		if cmd.Flags().Lookup(flag) == nil {
			t.Errorf("serve has no flag --%s", flag)
		}
	}
}

func TestSizes(t *testing.T) {
	for text, want := range map[string]byteSize{"4GiB": 4 << 30, "0B": 0, "12 KiB": 12 << 10, "1024TiB": 1 << 50} {
		var b byteSize
		if err := b.Set(text); err != nil || b != want {
			t.Errorf("%q is %d, %v; want %d", text, b, err, want)
		}
		var again byteSize
		if err := again.Set(b.String()); err != nil || again != b {
			t.Errorf("%d is written %s and read %d, %v", b, b, again, err)
		}
	}
	for _, text := range []string{"", "4", "GiB", "-1GiB", "4GB", "1.5GiB", "99999999TiB"} {
		var b byteSize
		if err := b.Set(text); err == nil {
			t.Errorf("%q is %s, want an error", text, b)
		}
	}
}

func TestValuesAreMeant(t *testing.T) {
	for text, want := range map[string]any{"7": int64(7), "true": true, "false": false, "medical": "medical", `"7"`: "7",
		"": "", `"`: `"`, "1.5": "1.5"} {
		if got := attributeValue(text); got != want {
			t.Errorf("attribute %q is %#v, want %#v", text, got, want)
		}
	}
}

// TestEveryCommandHasAnExample walks over the whole program.
func TestEveryCommandHasAnExample(t *testing.T) {
	commands := rootCommand().Commands()
	for len(commands) > 0 {
		c := commands[0]
		commands = append(commands[1:], c.Commands()...)
		if c.Name() == "help" || c.Name() == "completion" || c.Parent().Name() == "completion" {
			continue
		}
		if c.Short == "" || c.Example == "" && !c.HasSubCommands() || !strings.Contains(c.Example, "fairline ") && c.Example != "" {
			t.Errorf("%s: short %q, example %q", c.CommandPath(), c.Short, c.Example)
		}
	}
}
