package phone

import (
	"context"
	"encoding/json"
	"net/netip"
	"regexp"
	"strconv"

	"github.com/emiago/sipgo/sip"
)

// A callee is whom to call back, as it is kept among the customer's contents, where the agent sees it. The zero value is nobody.
type callee struct {
	Call string `json:"call"` // tel: and a number in E.164, or a SIP URI of a user and a host
	// Attested says that a peer that is believed vouches for it: then it may be called by machine.
	Attested bool `json:"attested,omitempty"`
}

// userForm and hostForm are the parts of a URI that can be called back: what else a caller writes there is nobody's business.
var (
	userForm = regexp.MustCompile(`^[a-zA-Z0-9_.+-]{1,64}$`)
	hostForm = regexp.MustCompile(`^[a-zA-Z0-9.-]{1,128}$`)
)

// calleeOf is whom to call to reach the caller of an INVITE. One who wants no name is nobody.
func (a *Adapter) calleeOf(req *sip.Request, peer netip.Addr) callee {
	if number, attested := a.caller(req, peer); number != "" {
		return callee{Call: "tel:" + number, Attested: attested}
	}
	from := req.From().Address
	if wantsPrivacy(req) || from.Scheme != "sip" && from.Scheme != "sips" || !userForm.MatchString(from.User) || !hostForm.MatchString(from.Host) {
		return callee{}
	}
	uri := from.Scheme + ":" + from.User + "@" + from.Host
	if from.Port > 0 {
		uri += ":" + strconv.Itoa(from.Port)
	}
	return callee{Call: uri, Attested: within(peer, a.cfg.Trunks)}
}

// remember keeps whom to call, once, where that is known.
func (c *call) remember() {
	a := c.phone
	if c.kept || c.callee.Call == "" || a.cfg.Contents == nil {
		return
	}
	text, err := json.Marshal(c.callee)
	if err != nil {
		panic(err) // it is two texts
	}
	err = a.tellLine(func(ctx context.Context) error { return a.cfg.Contents.Keep(ctx, c.customer, c.id, text) })
	if c.kept = err == nil; !c.kept {
		a.count(func(s *Stats) { s.Unkept++ })
		a.log.Warn("whom to call back could not be kept: the agent will not know", "contact", c.id, "error", err)
	}
}

// kept reads whom to call for a contact.
func (a *Adapter) kept(ctx context.Context, id string) (to callee, err error) {
	if a.cfg.Contents == nil {
		return to, nil
	}
	ctx, cancel := context.WithTimeout(ctx, personMax)
	defer cancel()
	text, err := a.cfg.Contents.Content(ctx, id)
	if err != nil || len(text) == 0 {
		return to, err
	}
	return to, json.Unmarshal(text, &to)
}

// forgetCallee removes whom to call for a contact that has ended. Where that fails it goes when contents grow too old.
func (a *Adapter) forgetCallee(id string) {
	if a.cfg.Contents == nil {
		return
	}
	a.begin(func() {
		err := a.tellLine(func(ctx context.Context) error {
			if text, err := a.cfg.Contents.Content(ctx, id); err != nil || len(text) == 0 {
				return err
			}
			return a.cfg.Contents.Forget(ctx, id)
		})
		if err != nil {
			a.log.Warn("whom to call back could not be forgotten: it goes with its age", "contact", id, "error", err)
		}
	})
}
