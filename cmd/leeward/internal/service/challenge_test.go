package service

import (
	"errors"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/miekg/dns"

	"leeward/cmd/leeward/internal/admin"
	"leeward/cmd/leeward/internal/challenge"
	"leeward/dnsserver"
	"leeward/zones"
)

// texts are the strings that the service answers with at a name.
func texts(t *testing.T, s *Service, name string) (list []string) {
	t.Helper()
	m := new(dns.Msg).SetQuestion(name, dns.TypeTXT)
	m.SetEdns0(1232, false)
	query, err := m.Pack()
	if err != nil {
		t.Fatal(err)
	}
	response := new(dns.Msg)
	if err := response.Unpack(s.server.Answer(query, netip.MustParseAddr("127.0.0.1"), dnsserver.TCP, nil)); err != nil {
		t.Fatal(err)
	}
	for _, rr := range response.Answer {
		list = append(list, strings.Join(rr.(*dns.TXT).Txt, ""))
	}
	slices.Sort(list)
	return list
}

// Rows follow the chart of SetChallenge.
func TestSetChallenge(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	s, stop := p.start(t)
	for _, row := range []struct {
		r       admin.ChallengeRequest
		refused bool
		want    string
	}{
		{admin.ChallengeRequest{Name: "a..b", Token: "t"}, false, "an empty label"},
		{admin.ChallengeRequest{Name: "example.org"}, false, "the token is empty"},
		{admin.ChallengeRequest{Name: "example.org", Token: "t", For: "soon"}, false, `for "soon": a duration from 1s to 24h is wanted, such as 10m`},
		{admin.ChallengeRequest{Name: "example.org", Token: "t", For: "25h"}, false, `for "25h": a duration from 1s to 24h`},
		{admin.ChallengeRequest{Name: "example.org", Token: "t", For: "0s"}, false, `for "0s": a duration from 1s to 24h`},
		{admin.ChallengeRequest{Name: "example.net", Token: "t"}, true, "no zone served here has _acme-challenge.example.net: there are example.org"},
		{admin.ChallengeRequest{Name: "example.org", Token: "t", For: "24h", By: "op"}, false, ""},
		{admin.ChallengeRequest{Name: "*.example.org", Token: "u"}, false, ""},
	} {
		result, err := s.SetChallenge(row.r)
		var refusal *admin.Refusal
		switch {
		case row.want == "" && err != nil, row.want != "" && (err == nil || !strings.Contains(err.Error(), row.want)):
			t.Errorf("%+v: got %v, want %q", row.r, err, row.want)
		case errors.As(err, &refusal) != row.refused:
			t.Errorf("%+v: refused %v", row.r, !row.refused)
		case err == nil && (result.Name != "_acme-challenge.example.org." || result.Zone != "example.org." || result.Problem != "" || result.Nodes != 1 || len(result.Silent) > 0):
			t.Errorf("%+v: %+v", row.r, result)
		}
	}
	if got := texts(t, s, "_acme-challenge.example.org."); !slices.Equal(got, []string{"t", "u"}) {
		t.Errorf("answered with %q", got)
	}
	first := s.Challenges()[0]
	if again, err := s.SetChallenge(admin.ChallengeRequest{Name: "example.org", Token: "t", For: "1m"}); err != nil || !again.Until.Equal(first.Until) {
		t.Errorf("set again for less: until %s, not %s; %v", again.Until, first.Until, err)
	}
	if err := stop(); err != nil {
		t.Error(err)
	}
	again, stop := p.start(t)
	if list := again.Status().Challenges; len(list) != 2 || list[0].Token != "t" || list[0].By != "someone@ns1" {
		t.Errorf("after a restart: %+v", list)
	}
	if cleared, err := again.ClearChallenges("example.org", "t", "op"); err != nil || len(cleared) != 1 {
		t.Errorf("%+v, %v", cleared, err)
	}
	if got := texts(t, again, "_acme-challenge.example.org."); !slices.Equal(got, []string{"u"}) {
		t.Errorf("one cleared: answered with %q", got)
	}
	if err := stop(); err != nil {
		t.Error(err)
	}
}

// A change is `+NAME TOKEN`, `-NAME TOKEN` or `-NAME`, of names below example.org. Rows follow the chart of update.
func TestUpdate(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	zone := filepath.Join(p.dir, "zones", "example.org.zone")
	text, err := os.ReadFile(zone)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(zone, append(text, "\nsub IN NS ns1\n_acme-challenge.file IN TXT here\n"...), 0o600); err != nil {
		t.Fatal(err)
	}
	s, stop := p.start(t)
	for _, row := range []struct {
		changes, err string
		at, want     string // where to ask, and what is there then
	}{
		{"+_acme-challenge a, +_acme-challenge b", "", "_acme-challenge", "a b"},
		{"-_acme-challenge, +_acme-challenge c", "", "_acme-challenge", "c"},
		{"+_acme-challenge d, -_acme-challenge", "", "_acme-challenge", ""},
		{"+_acme-challenge d, -_acme-challenge d, +_acme-challenge d", "", "_acme-challenge", "d"},
		{"-_acme-challenge none", "", "_acme-challenge", "d"},
		{"-_acme-challenge.none", "", "_acme-challenge.none", ""},
		{"+_acme-challenge.file mine", "", "_acme-challenge.file", "here mine"},
		{"-_acme-challenge.file", "", "_acme-challenge.file", "here"},
		{"-_acme-challenge.file here", "", "_acme-challenge.file", "here"},
		{"+_acme-challenge e, +_acme-challenge.sub f", "sub.example.org is delegated to ns1.example.org: ask there", "_acme-challenge", "d"},
		{"-_acme-challenge, +_acme-challenge \x01", "_acme-challenge.example.org: the token has a space", "_acme-challenge", "d"},
		{"+_acme-challenge.\x01 e", "no certificate has such a name", "_acme-challenge", "d"},
		{"+_acme-challenge._acme-challenge e", "", "_acme-challenge._acme-challenge", "e"},
	} {
		u := dnsserver.Update{Zone: nameOf("example.org."), Key: nameOf("acme.example."), From: netip.MustParseAddr("127.0.0.1")}
		for change := range strings.SplitSeq(row.changes, ", ") {
			name, token, _ := strings.Cut(change[1:], " ")
			u.Changes = append(u.Changes, dnsserver.TokenChange{Name: nameOf(name + ".example.org."), Token: token, Remove: change[0] == '-'})
		}
		err := s.update(u)
		if (err == nil) != (row.err == "") || err != nil && !strings.Contains(err.Error(), row.err) {
			t.Errorf("%s: %v", row.changes, err)
		}
		if got := strings.Join(texts(t, s, row.at+".example.org."), " "); got != row.want {
			t.Errorf("%s: %q, not %q", row.changes, got, row.want)
		}
	}
	if list := s.Challenges(); len(list) == 0 || list[0].By != "key acme.example@ns1" || time.Until(list[0].Until) > challenge.UpdateLife {
		t.Errorf("%+v", list)
	}
	many := dnsserver.Update{Zone: nameOf("example.org."), Key: nameOf("acme.example.")}
	for i := range 600 {
		many.Changes = append(many.Changes, dnsserver.TokenChange{Name: nameOf("_acme-challenge.many.example.org."), Token: fmt.Sprint(i)})
	}
	if err := s.update(many); err == nil || !strings.Contains(err.Error(), "this node issued 512 within an hour") {
		t.Error(err)
	}
	if got := texts(t, s, "_acme-challenge.many.example.org."); len(got) > 0 {
		t.Errorf("refused, and yet %d are there", len(got))
	}
	if err := stop(); err != nil {
		t.Error(err)
	}
}

// A zone that the file bars a challenge from counts, and what is barred is said once for each name.
func TestBarredChallenge(t *testing.T) {
	var list []admin.Challenge
	for _, token := range []string{"a", "b"} {
		list = append(list, admin.Challenge{Name: "_acme-challenge.example.org.", Token: token, Problem: "it has a CNAME"})
	}
	want := []string{"the challenge at _acme-challenge.example.org is not answered with here: it has a CNAME"}
	if got := challengeProblems(append(list, admin.Challenge{Name: zones.Root.String()})); !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
}
