package natsbus

import (
	"errors"
	"fmt"

	"github.com/nats-io/nats-server/v2/server"
)

// What passes between the daemon's account and those of the other users, beside doorSubjects: what the daemon and its streams are
// asked, and what they say. Which of it is whose say the users' permissions.
var (
	askedSubjects = []string{"fl.q.>", "fl.who.*", "fl.customer.>", "fl.vault.*", "$JS.ACK." + OutStream + ".>", "$JS.ACK.*.*." + OutStream + ".>"}
	pullSubject   = "$JS.API.CONSUMER.MSG.NEXT." + OutStream + ".*"
	saidSubjects  = []string{"fl.out.>", "fl.say.>", "fl.agent.*.*.offered", "fl.agent.*.*.withdrawn", "fl.agent.*.*.on-break",
		"fl.agent.*.*.put-aside", "fl.agent.*.*.taken-up"}
)

// apart gives every user but the daemon an account of its own. Whoever answers a question publishes, with rights of its own, on the
// subject that the question names: in one account a question could have its answer delete a stream, or be an offer to an agent. Across
// accounts the server takes an answer back to where the question came from, and nowhere else.
func apart(users []*server.NkeyUser) (accounts []*server.Account) {
	for _, u := range users {
		if u.Permissions != nil {
			u.Account = server.NewAccount(u.Nkey)
			accounts = append(accounts, u.Account)
		}
	}
	return accounts
}

// openAccounts lets pass what passes between the accounts of a server. It has not started yet: what is said would not reach who
// subscribed before.
func openAccounts(s *server.Server, accounts []*server.Account) error {
	inside := s.GlobalAccount()
	errs := []error{inside.AddServiceExportWithResponse(pullSubject, server.Streamed, nil)}
	asked := append(doorSubjects[:len(doorSubjects):len(doorSubjects)], askedSubjects...)
	for _, subject := range asked {
		errs = append(errs, inside.AddServiceExport(subject, nil))
	}
	for _, subject := range saidSubjects {
		errs = append(errs, inside.AddStreamExport(subject, nil))
	}
	for _, a := range accounts {
		a, err := s.LookupAccount(a.Name)
		if err != nil {
			return fmt.Errorf("open accounts: %w", err)
		}
		for _, subject := range append(asked, pullSubject) {
			errs = append(errs, a.AddServiceImport(inside, subject, subject))
		}
		for _, subject := range saidSubjects {
			errs = append(errs, a.AddStreamImport(inside, subject, ""))
		}
	}
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("open accounts: %w", err)
	}
	return nil
}
