package registry

import (
	"slices"
	"testing"
)

// accepted are the remarks of Zonemaster that are no fault, each with its reason.
var accepted = map[string]string{
	"NEITHER_DNSKEY_NOR_DS": "the zone is unsigned: whether to sign is the operator's business",
	"NOT_SIGNED":            "the same in other words",
}

// Zones that are broken on purpose are found out by each tool: so what it says of good ones means something.
func TestTools(t *testing.T) {
	for _, program := range []string{"zonemaster-cli", "dnsviz", "ldns-signzone", "ldns-keygen"} {
		needed(t, program)
	}
	n := newInternet(t, hosts(t))

	for _, row := range []struct {
		zone       string
		zonemaster []string // tags
		dnsviz     []string // codes; none: it does not look at such faults
		check      []string // rules
	}{
		{other, []string{"MULTIPLE_SOA_SERIALS", "MULTIPLE_NS_SET"}, nil, []string{"serial", "soa", "ns"}},
		{lame, []string{"IS_NOT_AUTHORITATIVE"}, []string{"SERVER_INVALID_RESPONSE_UDP"}, []string{"authority"}},
		{bogus, []string{"DS02_NO_VALID_DNSKEY_FOR_ANY_DS"}, []string{"NO_SEP"}, []string{"ds"}},
	} {
		t.Run("broken "+row.zone, func(t *testing.T) {
			found, _ := n.zonemaster(t, row.zone, false)
			expect(t, "zonemaster", found, row.zonemaster)
			if row.dnsviz != nil {
				found, _, _ = n.dnsviz(t, row.zone)
				expect(t, "dnsviz", found, row.dnsviz)
			}
			found, code := n.check(t, row.zone, false)
			expect(t, "leeward check", found, row.check)
			if code != 1 {
				t.Errorf("leeward check ended with %d", code)
			}
		})
	}

	for _, row := range []struct {
		zone        string
		undelegated bool
		status      string // for dnsviz
	}{
		{good, false, "INSECURE"},
		{signed, false, "SECURE"},
		{hashed, false, "SECURE"},
		{fresh, true, ""},
	} {
		t.Run("good "+row.zone, func(t *testing.T) {
			found, tests := n.zonemaster(t, row.zone, row.undelegated)
			for _, r := range found {
				if accepted[r.tag] == "" {
					t.Errorf("zonemaster: %s", r)
				}
			}
			if tests < 50 {
				t.Errorf("zonemaster ran only %d tests", tests)
			}
			if found, code := n.check(t, row.zone, row.undelegated); code != 0 || len(found) > 0 {
				t.Errorf("leeward check ended with %d: %s", code, found)
			}
			if row.undelegated {
				return // dnsviz starts from the root
			}
			found, status, servers := n.dnsviz(t, row.zone)
			for _, r := range found {
				t.Errorf("dnsviz: %s", r)
			}
			if status != row.status {
				t.Errorf("dnsviz found the delegation %q, not %q", status, row.status)
			}
			if all := []string{ns14, ns16, ns24, ns26}; !same(servers, all) {
				t.Errorf("dnsviz was answered by %s, not %s", servers, all)
			}
		})
	}
}

// expect says which of some remarks a tool has not made.
func expect(t *testing.T, tool string, found []remark, tags []string) {
	t.Helper()
	for _, tag := range tags {
		if !slices.ContainsFunc(found, func(r remark) bool { return r.tag == tag }) {
			t.Errorf("%s does not say %s: %s", tool, tag, found)
		}
	}
}

func same(a, b []string) bool {
	slices.Sort(a)
	slices.Sort(b)
	return slices.Equal(a, b)
}
