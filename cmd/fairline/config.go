package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"

	"github.com/kelseyhightower/envconfig"
	"github.com/spf13/pflag"
	"go.yaml.in/yaml/v4"

	"fairline/adapters/host"
	"fairline/adapters/natsbus"
	"fairline/policy"
)

// none turns a listener off.
const none = "none"

// A config is what a site sets. Each value comes from the last of: the defaults, the file of --config, the
// environment (FAIRLINE_STORE and so on), the flags. The fields have no envconfig tag: with one, the variable without
// the prefix would count too.
type config struct {
	Store    string   `yaml:"store"`
	Line     string   `yaml:"line"`
	Policy   string   `yaml:"policy"`
	Listen   string   `yaml:"listen"`
	HTTP     string   `yaml:"http"`
	DiskMax  byteSize `yaml:"disk_max" split_words:"true"`
	DiskFree byteSize `yaml:"disk_free" split_words:"true"`
	Speed    int      `yaml:"speed"`
	Channels string   `yaml:"channels"`
	Adapters string   `yaml:"adapters"` // such as mail,phone:agents
}

// defaultPolicy begins a line that has no journal yet.
const defaultPolicy = "weekday"

func defaultConfig() config {
	return config{Store: defaultStore(), Line: "main", Listen: "127.0.0.1:4222", HTTP: "127.0.0.1:7777",
		DiskMax: 4 << 30, DiskFree: 256 << 20, Speed: 1}
}

// defaultStore is where a user's programs keep state.
func defaultStore() string {
	state := os.Getenv("XDG_STATE_HOME")
	if !filepath.IsAbs(state) {
		home, err := os.UserHomeDir()
		if err != nil {
			return ""
		}
		state = filepath.Join(home, ".local", "state")
	}
	return filepath.Join(state, "fairline")
}

// configFlags are the flags of a command that reads the configuration.
type configFlags struct {
	file string
	set  *pflag.FlagSet
	said config // by flags; counts where the flag was set
}

// register adds the flags that all commands about a line have, and those of serve on demand.
func (f *configFlags) register(flags *pflag.FlagSet, serving bool) {
	f.set = flags
	flags.StringVar(&f.file, "config", "", "configuration file (YAML)")
	flags.StringVar(&f.said.Store, "store", "", "directory of journal and keys (default $XDG_STATE_HOME/fairline)")
	flags.StringVar(&f.said.Line, "line", "", "name of the line (default main)")
	if !serving {
		return
	}
	flags.StringVar(&f.said.Policy, "policy", "", "policy file, or the name of a shipped one (default the journal's, else "+defaultPolicy+")")
	flags.StringVar(&f.said.Listen, "listen", "", "loopback address for NATS clients, or none (default 127.0.0.1:4222)")
	flags.StringVar(&f.said.HTTP, "http", "", "loopback address for metrics and health, or none (default 127.0.0.1:7777)")
	flags.Var(&f.said.DiskMax, "disk-max", "size at which the journal refuses to grow (default 4GiB)")
	flags.IntVar(&f.said.Speed, "speed", 0, "how many times as fast as time the line's time goes, to play recordings (default 1)")
	flags.StringVar(&f.said.Channels, "channels", "", "file of the channels that run inside the daemon (default none)")
	flags.StringVar(&f.said.Adapters, "adapters", "", "channels that run apart and get a key, such as email,phone:agents (default none)")
	flags.Var(&f.said.DiskFree, "disk-free", "free space below which tickets are refused (default 256MiB)")
	for _, name := range []string{"disk-max", "disk-free"} {
		flags.Lookup(name).DefValue = "" // the text says it
	}
}

// load gives the configuration.
func (f *configFlags) load() (config, error) {
	cfg := defaultConfig()
	if f.file != "" {
		if err := readConfig(f.file, &cfg); err != nil {
			return cfg, err
		}
	}
	if err := readEnvironment(&cfg); err != nil {
		return cfg, err
	}
	f.override(&cfg)
	if err := cfg.check(); err != nil {
		return cfg, err
	}
	// What is written down about the store, and what others are told to paste, must hold wherever they are.
	store, err := filepath.Abs(cfg.Store)
	if err != nil {
		return cfg, fmt.Errorf("store %s: %w", cfg.Store, err)
	}
	cfg.Store = store
	return cfg, nil
}

// override takes what flags say.
func (f *configFlags) override(cfg *config) {
	for name, to := range map[string]func(){
		"store":     func() { cfg.Store = f.said.Store },
		"line":      func() { cfg.Line = f.said.Line },
		"policy":    func() { cfg.Policy = f.said.Policy },
		"listen":    func() { cfg.Listen = f.said.Listen },
		"http":      func() { cfg.HTTP = f.said.HTTP },
		"disk-max":  func() { cfg.DiskMax = f.said.DiskMax },
		"disk-free": func() { cfg.DiskFree = f.said.DiskFree },
		"speed":     func() { cfg.Speed = f.said.Speed },
		"channels":  func() { cfg.Channels = f.said.Channels },
		"adapters":  func() { cfg.Adapters = f.said.Adapters },
	} {
		if f.set.Changed(name) {
			to()
		}
	}
}

func (c config) check() error {
	switch {
	case c.Store == "":
		return errors.New("no store: there is no home directory, say where with --store or FAIRLINE_STORE")
	case c.Speed < 1 || c.Speed > host.SpeedMax:
		return fmt.Errorf("speed is %d, want 1 to %d", c.Speed, host.SpeedMax)
	case c.DiskMax < 64<<20:
		return fmt.Errorf("disk_max is %s, want at least 64MiB", c.DiskMax)
	}
	_, err := c.adapters()
	return err
}

// adapters are the channel adapters of the configuration.
func (c config) adapters() (list []natsbus.Adapter, err error) {
	if c.Adapters == "" {
		return nil, nil
	}
	for text := range strings.SplitSeq(c.Adapters, ",") {
		a, err := natsbus.ParseAdapter(strings.TrimSpace(text))
		if err != nil {
			return nil, fmt.Errorf("adapters: %w", err)
		}
		list = append(list, a)
	}
	return list, nil
}

// readConfig reads a configuration file; what it does not say stays. Its paths are relative to it. All its faults are
// reported at once.
func readConfig(name string, cfg *config) error {
	src, err := os.ReadFile(name)
	if err != nil {
		return fmt.Errorf("read configuration: %w", err)
	}
	said := *cfg
	err = yaml.Load(src, &said, yaml.WithKnownFields())
	faults, ok := errors.AsType[*yaml.LoadErrors](err)
	if !ok {
		if err != nil {
			return fmt.Errorf("read configuration %s: %w", name, err)
		}
		said.anchorPaths(filepath.Dir(name), *cfg)
		*cfg = said
		return nil
	}
	var lines []string
	for _, fault := range faults.Errors {
		lines = append(lines, fmt.Sprintf("%s:%d:%d: %s", name, fault.Mark.Line, fault.Mark.Column, fault.Message))
	}
	return fmt.Errorf("read configuration: %s", strings.Join(lines, "\n"))
}

// anchorPaths makes the paths that a file says relative to its directory, so that it means the same from everywhere.
func (c *config) anchorPaths(dir string, before config) {
	if c.Store != before.Store && c.Store != "" && !filepath.IsAbs(c.Store) {
		c.Store = filepath.Join(dir, c.Store)
	}
	if c.Channels != before.Channels && c.Channels != "" && !filepath.IsAbs(c.Channels) {
		c.Channels = filepath.Join(dir, c.Channels)
	}
	if _, shipped := policy.Shipped(c.Policy); c.Policy != before.Policy && c.Policy != "" && !shipped && !filepath.IsAbs(c.Policy) {
		c.Policy = filepath.Join(dir, c.Policy)
	}
}

// readEnvironment reads FAIRLINE_STORE and its like. A variable that nobody reads is an error, because it is mistyped;
// so is one that is set to nothing, which would overwrite a default with nothing.
func readEnvironment(cfg *config) error {
	const prefix = "fairline"
	if err := envconfig.CheckDisallowed(prefix, cfg); err != nil {
		return fmt.Errorf("environment: %w (known are %s)", err, strings.Join(variables(), ", "))
	}
	for _, name := range variables() {
		if value, set := os.LookupEnv(name); set && value == "" {
			return fmt.Errorf("environment: %s is set to nothing: unset it, or give it a value", name)
		}
	}
	if err := envconfig.Process(prefix, cfg); err != nil {
		fault, ok := errors.AsType[*envconfig.ParseError](err)
		if ok {
			return fmt.Errorf("environment: %s: %w", fault.KeyName, fault.Err)
		}
		return fmt.Errorf("environment: %w", err)
	}
	return nil
}

// variables are the names in the environment, in the order of the fields.
func variables() []string {
	var list []string
	for field := range reflect.TypeFor[config]().Fields() {
		key := field.Tag.Get("yaml")
		list = append(list, "FAIRLINE_"+strings.ToUpper(key))
	}
	return list
}

// A byteSize is a number of bytes, written such as 4GiB.
type byteSize int64

var byteUnits = []struct {
	name string
	size byteSize
}{{"TiB", 1 << 40}, {"GiB", 1 << 30}, {"MiB", 1 << 20}, {"KiB", 1 << 10}, {"B", 1}}

// String writes the size in the largest unit that divides it.
func (b byteSize) String() string {
	for _, u := range byteUnits {
		if b >= u.size && b%u.size == 0 {
			return fmt.Sprintf("%d%s", b/u.size, u.name)
		}
	}
	return fmt.Sprintf("%dB", int64(b))
}

// Set reads a size.
func (b *byteSize) Set(text string) error {
	for _, u := range byteUnits {
		number, ok := strings.CutSuffix(strings.TrimSpace(text), u.name)
		if !ok {
			continue
		}
		n, err := strconv.ParseInt(strings.TrimSpace(number), 10, 64)
		if err != nil || n < 0 || n > int64(1<<62/u.size) {
			break
		}
		*b = byteSize(n) * u.size
		return nil
	}
	return fmt.Errorf("%q is no size, want one such as 4GiB or 256MiB", text)
}

// Type is what help calls it.
func (b *byteSize) Type() string { return "size" }

// UnmarshalText reads a size from YAML and from the environment.
func (b *byteSize) UnmarshalText(text []byte) error { return b.Set(string(text)) }

// MarshalText writes a size as it is read.
func (b byteSize) MarshalText() ([]byte, error) { return []byte(b.String()), nil }

// runningFile is where a daemon writes, in its store, how it is reached.
const runningFile = "running.json"

// A running says how the daemon on a store is reached. The file is removed by a clean stop.
type running struct {
	Schema string `json:"schema"`
	Line   string `json:"line"`
	NATS   string `json:"nats,omitempty"`
	Creds  string `json:"creds,omitempty"`
	Desk   string `json:"desk,omitempty"` // the supervisors' key
	HTTP   string `json:"http,omitempty"`
	PID    int    `json:"pid"`
}

// write puts the file into the store, readable by its owner alone and whole at every moment.
func (r running) write(store string) error {
	text, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return err
	}
	name := filepath.Join(store, runningFile)
	temp := name + ".new"
	if err := os.WriteFile(temp, append(text, '\n'), 0o600); err != nil {
		return fmt.Errorf("say where the daemon is: %w", err)
	}
	if err := os.Rename(temp, name); err != nil {
		return fmt.Errorf("say where the daemon is: %w", err)
	}
	return nil
}

// readRunning reads what the daemon on a store wrote. The error wraps fs.ErrNotExist when there is none.
func readRunning(store string) (running, error) {
	var r running
	text, err := os.ReadFile(filepath.Join(store, runningFile))
	if err != nil {
		return r, err
	}
	if err := json.Unmarshal(text, &r); err != nil {
		return r, fmt.Errorf("read %s: %w", filepath.Join(store, runningFile), err)
	}
	return r, nil
}
