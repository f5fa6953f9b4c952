package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/spf13/cobra"

	"fairline/adapters/vault"
	"fairline/policy/mapping"
	"fairline/policy/spelling"
)

// vaultSubject is where supervisors ask the vault. Nobody keeps what passes there.
const vaultSubject = "fl.vault."

// A customerRequest is what a supervisor asks of the vault.
type customerRequest struct {
	By    string          `json:"by"`
	One   *vault.Identity `json:"one,omitempty"`
	Other *vault.Identity `json:"other,omitempty"`
	Key   string          `json:"key,omitempty"`
	// How the word of a link came: agent (default), api, or customer, who then is verified at both ends.
	How  string `json:"how,omitempty"`
	File []byte `json:"file,omitempty"`
}

// A customerAnswer is what comes of it.
type customerAnswer struct {
	Schema   string          `json:"schema"`
	Key      string          `json:"key,omitempty"`
	Gone     string          `json:"gone,omitempty"`
	Imported *vault.Imported `json:"imported,omitempty"`
	Export   *vault.Export   `json:"export,omitempty"`
	Erased   *vault.Erased   `json:"erased,omitempty"`
	Fault    string          `json:"fault,omitempty"`
}

// answerVault answers supervisors.
func answerVault(conn *nats.Conn, v *vault.Vault) (*nats.Subscription, error) {
	return conn.Subscribe(vaultSubject+"*", sideBySide(8, func(m *nats.Msg) {
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		var q customerRequest
		a := customerAnswer{Schema: "fairline.customer/1"}
		err := json.Unmarshal(m.Data, &q)
		if err == nil {
			err = a.do(ctx, v, strings.TrimPrefix(m.Subject, vaultSubject), q)
		}
		if err != nil {
			a.Fault = err.Error() // the vault's errors have no identity in them
		}
		text, _ := json.Marshal(a)
		_ = m.Respond(text) // who asked and is gone asks again
	}))
}

func (a *customerAnswer) do(ctx context.Context, v *vault.Vault, verb string, q customerRequest) (err error) {
	if q.Key == "" && q.One != nil && verb != "link" && verb != "unlink" {
		if q.Key, err = v.Find(ctx, *q.One); err != nil {
			return err
		}
	}
	switch verb {
	case "link":
		if q.One == nil || q.Other == nil {
			return errors.New("two identities are wanted")
		}
		l, err := v.Link(ctx, *q.One, *q.Other, q.By, cmp.Or(q.How, vault.HowAgent))
		a.Key, a.Gone = l.Key, l.Gone
		return err
	case "unlink":
		if q.One == nil {
			return errors.New("an identity is wanted")
		}
		a.Key, err = v.Unlink(ctx, *q.One, q.By)
		return err
	case "import":
		done, err := v.Import(ctx, bytes.NewReader(q.File), q.By)
		a.Imported = &done
		return err
	case "export":
		e, err := v.Export(ctx, q.Key)
		a.Key, a.Export = q.Key, &e
		return err
	case "erase":
		e, err := v.Erase(ctx, q.Key, q.By)
		a.Erased = &e
		return err
	}
	return fmt.Errorf("the vault knows no %q", verb)
}

// customerCommand returns `fairline customer`.
func customerCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "customer", Short: "Who is which customer: link identities, export, erase",
		Long: `Who is which customer. An identity is written KIND:NAME, such as tel:+351210000000, mail:ana@example.org or mastodon:109302.
The kinds that channels have are ` + strings.Join(mapping.Kinds(), ", ") + `; a program of yours may have others.
Identities are linked by somebody's word, never by guessing; the daemon's vault keeps who said so. The line itself knows random keys only.`}
	cmd.AddCommand(
		customerVerb("link ONE OTHER", "Say that two identities are one customer's", "  fairline customer link tel:+351210000000 mail:ana@example.org", 2),
		customerVerb("unlink ONE", "Say that an identity is another customer's: what was said before stays on record", "  fairline customer unlink tel:+351210000000", 1),
		customerVerb("import FILE", "Link the identities of a file: CSV with customer, kind and identity", "  fairline customer import people.csv", 1),
		customerVerb("export ONE", "Show what is known of a customer: identities, who linked them, recent contacts", "  fairline customer export mail:ana@example.org", 1),
		customerVerb("erase ONE", "Forget a customer: the ledger still verifies, and the next contact is a new customer's", "  fairline customer erase mail:ana@example.org", 1))
	return cmd
}

func customerVerb(use, short, example string, args int) *cobra.Command {
	flags := busFlags{desk: true}
	var as string
	verb, _, _ := strings.Cut(use, " ")
	cmd := &cobra.Command{Use: use, Short: short, Example: example, Args: cobra.ExactArgs(args),
		RunE: func(cmd *cobra.Command, args []string) error {
			q, err := customerQuestion(verb, as, args)
			if err != nil {
				return err
			}
			conn, err := flags.dial("customer")
			if err != nil {
				return err
			}
			defer conn.Close()
			var a customerAnswer
			if err := conn.ask(cmd.Context(), vaultSubject+verb, q, &a); err != nil {
				return err
			}
			if a.Fault != "" {
				return exitError{exitFindings, errors.New(a.Fault)}
			}
			if flags.json || verb == "export" {
				return writeJSON(cmd.OutOrStdout(), a)
			}
			_, err = fmt.Fprintln(cmd.OutOrStdout(), a.words(verb))
			return err
		}}
	flags.register(cmd.Flags())
	cmd.Flags().StringVar(&as, "as", supervisor(os.Getenv("USER")), "the supervisor's name, which is kept")
	return cmd
}

func customerQuestion(verb, as string, args []string) (q customerRequest, err error) {
	q.By = as
	if verb == "import" {
		q.File, err = os.ReadFile(args[0])
		return q, err
	}
	for i, text := range args {
		id, err := identityOf(text)
		if err != nil {
			return q, err
		}
		*[]**vault.Identity{&q.One, &q.Other}[i] = &id
	}
	return q, nil
}

// identityOf reads KIND:NAME. A kind may be one of a program of the site; one that is spelt like a known one is a slip.
func identityOf(text string) (vault.Identity, error) {
	kind, name, ok := strings.Cut(text, ":")
	if !ok || kind == "" || name == "" {
		return vault.Identity{}, fmt.Errorf("%q is no identity: write KIND:NAME, such as mail:ana@example.org", text)
	}
	if kinds := mapping.Kinds(); !slices.Contains(kinds, kind) {
		if near := spelling.DidYouMean(kind, kinds); near != "" {
			return vault.Identity{}, fmt.Errorf("no channel has identities of the kind %q: %s", kind, near)
		}
	}
	return vault.Identity{Kind: kind, Name: name}, nil
}

// words are the answer for people.
func (a *customerAnswer) words(verb string) string {
	switch {
	case verb == "unlink":
		return "Unlinked: it is a customer of its own now. Earlier contacts stay where they were."
	case a.Imported != nil:
		return fmt.Sprintf("%s of %s read; %s became part of another", plural(a.Imported.Rows, "row", "rows"),
			plural(a.Imported.Customers, "customer", "customers"), plural(a.Imported.Merged, "customer", "customers"))
	case a.Erased != nil:
		return fmt.Sprintf("Erased: the journal keeps %s, which nobody can trace any more.", plural(len(a.Erased.Keys), "key", "keys"))
	case a.Gone != "":
		return "Linked: two customers are one now."
	}
	return "Linked."
}
