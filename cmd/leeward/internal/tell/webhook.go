package tell

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
)

// Webhook is an address that messages are posted to.
type Webhook struct {
	Name    string
	URL     string // may be a secret: it is shown nowhere
	Format  Format
	Headers http.Header
	Secret  []byte // signs; nil: nothing does
	Version string // of the program
}

// Format is the form of what is posted.
type Format string

// The formats.
const (
	Generic Format = "generic" // a Message
	Slack   Format = "slack"   // {"text": "..."}, as Slack, Mattermost and Rocket.Chat take it
)

// Signature is the header with the signature of a body: sha256= and HMAC-SHA256 in hex.
const Signature = "Leeward-Signature"

// How long a webhook may take for its answer, and how much of that is looked at, in octets.
const (
	answerTime  = 5 * time.Second
	answerOctet = 4 << 10
)

// Target is the webhook as a target. The client follows no redirect: what is told is told to whom the configuration names.
func (w Webhook) Target(transport http.RoundTripper) Target {
	client := &http.Client{Transport: transport, Timeout: answerTime,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	return Target{Name: w.Name, ID: w.id(),
		Tell: func(ctx context.Context, m Message) error { return w.post(ctx, client, m) }}
}

// id tells webhooks apart: one receiver may be told under several headers, of several rooms, say.
func (w Webhook) id() string {
	what := []string{"webhook", w.URL, string(w.Format)}
	for _, name := range slices.Sorted(maps.Keys(w.Headers)) {
		what = append(append(what, name), w.Headers[name]...)
	}
	return Identify(what...)
}

func (w Webhook) post(ctx context.Context, client *http.Client, m Message) error {
	body, err := json.Marshal(w.body(m))
	if err != nil {
		return &Refusal{err}
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, w.URL, bytes.NewReader(body))
	if err != nil {
		return &Refusal{errors.New("its url is none")}
	}
	request.Header = w.Headers.Clone()
	if request.Header == nil {
		request.Header = http.Header{}
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("User-Agent", "leeward/"+w.Version)
	request.Header.Set("Idempotency-Key", m.Key)
	if w.Secret != nil {
		mac := hmac.New(sha256.New, w.Secret)
		mac.Write(body)
		request.Header.Set(Signature, "sha256="+hex.EncodeToString(mac.Sum(nil)))
	}
	response, err := client.Do(request)
	if err != nil {
		if wrapped, ok := errors.AsType[*url.Error](err); ok { // which has the URL
			err = wrapped.Err
		}
		return err
	}
	defer response.Body.Close()
	said, err := io.ReadAll(io.LimitReader(response.Body, answerOctet))
	if err != nil && response.StatusCode/100 == 2 {
		return nil // it has been told
	}
	return judge(response, said)
}

func (w Webhook) body(m Message) any {
	if w.Format == Slack {
		return map[string]string{"text": m.text(slackStrong, slackLink, slackPlain)}
	}
	return m
}

// judge says what an answer means.
//
//	the status is           then
//	2xx                     it was told
//	408, 425, 429, 5xx      again later: when it says, if it does
//	3xx                     never: nothing is told elsewhere
//	other                   never: it will not have it
func judge(response *http.Response, said []byte) error {
	status := response.StatusCode
	err := fmt.Errorf("it answers %s", printable(response.Status))
	if line, _, _ := strings.Cut(strings.TrimSpace(string(said)), "\n"); line != "" {
		err = fmt.Errorf("%w: %s", err, printable(line[:min(len(line), 200)]))
	}
	switch {
	case status/100 == 2:
		return nil
	case status/100 == 3:
		return &Refusal{fmt.Errorf("%w, which leads elsewhere and is not followed", err)}
	case status == http.StatusRequestTimeout, status == http.StatusTooEarly, status == http.StatusTooManyRequests, status/100 == 5:
		if seconds, bad := strconv.Atoi(response.Header.Get("Retry-After")); bad == nil && seconds > 0 {
			return &later{err, time.Duration(min(seconds, 86400)) * time.Second}
		}
		return err
	}
	return &Refusal{err}
}

// printable is a text of another's for terminals.
func printable(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(text, "?"))
}

// The marks of Slack's text, in which three characters are special.
func slackStrong(s string) string { return "*" + s + "*" }

func slackLink(to, words string) string { return "<" + slackPlain(to) + "|" + words + ">" }

func slackPlain(s string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", "\n", " ").Replace(s)
}
