package delegation

import (
	"fmt"
	"strings"
)

// Level is how grave a finding is.
type Level string

// The levels, from good to bad.
const (
	OK      Level = "ok"
	Note    Level = "note"    // worth knowing
	Warning Level = "warning" // works; some registries refuse it, or advise against it
	Error   Level = "error"   // does not work, or a registry refuses it
)

// Finding is what a rule says of a delegation.
type Finding struct {
	Level  Level  `json:"level"`
	Rule   Rule   `json:"rule"`
	Server string `json:"server"` // name and address; "": the delegation as a whole
	Text   string `json:"text"`   // what is so
	Do     string `json:"do"`     // what to do about it; "": nothing
}

// Rule is what is judged, by name.
type Rule string

// The rules, in the order in which they are told.
const (
	RuleCount     Rule = "count"
	RuleHostname  Rule = "hostname"
	RuleAlias     Rule = "alias"
	RuleAddress   Rule = "address"
	RuleFamilies  Rule = "families"
	RulePublic    Rule = "public"
	RuleNetworks  Rule = "networks"
	RuleColos     Rule = "colos"
	RuleSerial    Rule = "serial"
	RuleSOA       Rule = "soa"
	RuleNS        Rule = "ns"
	RuleGlueSame  Rule = "glue-same"
	RuleTimers    Rule = "timers"
	RulePrimary   Rule = "primary"
	RuleMailbox   Rule = "mailbox"
	RuleTTL       Rule = "ttl"
	RuleParent    Rule = "parent"
	RuleParentNS  Rule = "parent-ns"
	RuleGlue      Rule = "glue"
	RuleReferral  Rule = "referral"
	RuleDNSKEY    Rule = "dnskey"
	RuleDS        Rule = "ds"
	RuleSignature Rule = "signature"
	RuleCDS       Rule = "cds"
	RulePublish   Rule = "publish"
	RuleUDP       Rule = "udp"
	RuleTCP       Rule = "tcp"
	RuleSource    Rule = "source"
	RuleAuthority Rule = "authority"
	RuleCase      Rule = "case"
	RuleRecursion Rule = "recursion"
	RuleTransfer  Rule = "transfer"
	RuleHeader    Rule = "header"
	RuleEDNS      Rule = "edns"
)

// Rules are all rules.
func Rules() []Rule {
	return []Rule{RuleCount, RuleHostname, RuleAlias, RuleAddress, RuleFamilies, RulePublic, RuleNetworks, RuleColos,
		RuleSerial, RuleSOA, RuleNS, RuleGlueSame, RuleTimers, RulePrimary, RuleMailbox, RuleTTL, RuleParent,
		RuleParentNS, RuleGlue, RuleReferral, RuleDNSKEY, RuleDS, RuleSignature, RuleCDS, RulePublish, RuleUDP, RuleTCP,
		RuleSource, RuleAuthority, RuleCase, RuleRecursion, RuleTransfer, RuleHeader, RuleEDNS}
}

// Report is all that is to say of a delegation.
type Report struct {
	Zone     string    `json:"zone"`
	Good     bool      `json:"good"` // no error among the findings
	Findings []Finding `json:"findings"`
	Publish  []string  `json:"publish"` // the records that the parent must have, as text
}

// judgement is the making of a report.
type judgement struct {
	*Facts
	server   string // that is being judged; "": the delegation
	findings []Finding
}

// find adds a finding.
func (j *judgement) find(level Level, rule Rule, text, do string) {
	j.findings = append(j.findings, Finding{level, rule, j.server, text, do})
}

// fine adds a finding of level OK, if the rule has found nothing worse about the same server.
func (j *judgement) fine(rule Rule, format string, args ...any) {
	for _, f := range j.findings {
		if f.Rule == rule && f.Server == j.server && f.Level != Note {
			return
		}
	}
	j.find(OK, rule, fmt.Sprintf(format, args...), "")
}

// list joins names or addresses for a sentence, names without their last dots.
func list[T any](of []T) string {
	words := make([]string, len(of))
	for i, o := range of {
		words[i] = strings.TrimSuffix(fmt.Sprint(o), ".")
	}
	return strings.Join(words, ", ")
}

func bare(name string) string {
	if name == "." {
		return name
	}
	return strings.TrimSuffix(name, ".")
}
