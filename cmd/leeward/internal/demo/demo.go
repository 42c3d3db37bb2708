package demo

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"syscall"
	"text/template"
	"time"

	"github.com/miekg/dns"
	"golang.org/x/sync/errgroup"

	"leeward/cluster"
	"leeward/cmd/leeward/internal/admin"
	"leeward/cmd/leeward/internal/audit"
	"leeward/cmd/leeward/internal/config"
	"leeward/cmd/leeward/internal/service"
	"leeward/steering"
)

// Options are what a demo is told at its start.
type Options struct {
	Port    uint16 // of the name servers
	Admin   string // host:port of the admin API; port 0 is any free one
	Command string // by which the program is called, for the commands to try
	Version string
	Load    func(file string) (*config.Config, error)
	Out     io.Writer
}

// Demo is the network.
type Demo struct {
	opts  Options
	dir   string
	admin string
	token string       // that may do all by the admin API
	guard *admin.Guard // of it
	webs  []*web
	nodes []*node
}

// New makes a demo. It opens nothing.
func New(o Options) *Demo { return &Demo{opts: o} }

// Run brings the network up, says when it is ready and what to try, and takes orders until the context ends.
func (d *Demo) Run(ctx context.Context) (err error) {
	d.dir, err = os.MkdirTemp("", "leeward-demo-")
	if err != nil {
		return &service.StartError{Err: err}
	}
	defer func() { err = errors.Join(err, os.RemoveAll(d.dir)) }()
	if err := write(d.dir, d.opts.Port, cluster.NewKey()); err != nil {
		return &service.StartError{Err: err}
	}
	log, err := os.Create(filepath.Join(d.dir, "log"))
	if err != nil {
		return &service.StartError{Err: err}
	}
	defer func() { err = errors.Join(err, log.Close()) }()

	group, ctx := errgroup.WithContext(ctx)
	defer func() { err = errors.Join(err, d.close()) }()
	logger := slog.New(slog.NewTextHandler(log, nil))
	d.admit(logger)
	if err := d.open(ctx, logger); err != nil {
		return &service.StartError{Err: where(err)}
	}
	l, err := admin.ListenTCP(d.opts.Admin)
	if err != nil {
		return &service.StartError{Err: fmt.Errorf("%w (another demo? name another address with --admin)", err)}
	}
	d.admin = "http://" + l.Addr().String()
	group.Go(func() error { return admin.Serve(ctx, l, d.handler(ctx), logger) })
	group.Go(func() error { return d.welcome(ctx) })
	return group.Wait()
}

// admit makes the token. Who has none may look.
func (d *Demo) admit(log *slog.Logger) {
	token, sum := admin.NewToken()
	d.token, d.guard = token, admin.NewGuard(admin.GuardOptions{Logger: log, Audit: audit.New(d.dir)})
	d.guard.Admit(admin.Access{Anonymous: true, Tokens: []admin.Token{{Name: "demo", Role: admin.RoleAdmin, SHA256: sum}}})
}

// open starts the web services and the nodes.
func (d *Demo) open(ctx context.Context, log *slog.Logger) (err error) {
	if d.webs, err = openWebs(); err != nil {
		return err
	}
	var starting errgroup.Group
	for i := range world {
		n := newNode(i+1, d.dir, d.opts, log)
		d.nodes = append(d.nodes, n)
		starting.Go(func() error { return n.start(ctx) })
	}
	return starting.Wait()
}

// close ends everything.
func (d *Demo) close() error {
	var ending errgroup.Group
	for _, n := range d.nodes {
		ending.Go(n.halt)
	}
	return errors.Join(ending.Wait(), closeWebs(d.webs))
}

// where explains an address that is taken, or that this system does not have.
func where(err error) error {
	if errors.Is(err, syscall.EADDRINUSE) {
		return fmt.Errorf("%w (does another demo run?)", err)
	}
	if runtime.GOOS != "linux" && errors.Is(err, syscall.EADDRNOTAVAIL) {
		return fmt.Errorf("%w\nOnly Linux has all of 127.0.0.0/8; here only 127.0.0.1 exists. Add the others first, on macOS with:\n"+
			"  for n in 1 2 3 4 5 6; do for a in 0.53 1.1 2.1; do sudo ifconfig lo0 alias 127.$n.$a up; done; done", err)
	}
	return err
}

// welcome waits until the network is whole, and says what to try.
func (d *Demo) welcome(ctx context.Context) error {
	const most = 60 * time.Second
	_, whole := wait(ctx, most, func() bool {
		return !slices.ContainsFunc(d.nodes, func(n *node) bool {
			return !n.all("", func(v *steering.Verdict) bool { return len(v.Votes) > 0 && v.Measured != steering.Unknown })
		})
	})
	if ctx.Err() != nil {
		return nil
	}
	if !whole {
		return fmt.Errorf("not every target has votes after %s; the log is %s", most, filepath.Join(d.dir, "log"))
	}
	for n := range world {
		if err := d.answers(nodeAddr(n + 1)); err != nil {
			return fmt.Errorf("%s does not answer: %w", nodeName(n+1), err)
		}
	}
	return welcome.Execute(d.opts.Out, map[string]any{"Dir": d.dir, "Port": d.opts.Port, "Admin": d.admin, "Token": d.token, "Leeward": d.opts.Command,
		"At": adminFlag(d.admin)})
}

// answers asks a name server for the zone's SOA.
func (d *Demo) answers(addr netip.Addr) error {
	m := new(dns.Msg).SetQuestion(origin+".", dns.TypeSOA)
	client := &dns.Client{Timeout: 2 * time.Second}
	reply, _, err := client.Exchange(m, net.JoinHostPort(addr.String(), strconv.Itoa(int(d.opts.Port))))
	switch {
	case err != nil:
		return err
	case !reply.Authoritative || len(reply.Answer) != 1:
		return fmt.Errorf("its answer is %s", dns.RcodeToString[reply.Rcode])
	}
	return nil
}

// DefaultAdmin is the address of the demo's admin API.
const DefaultAdmin = "127.0.0.1:9353"

// adminFlag is what a command must be told to find the demo, if anything.
func adminFlag(url string) string {
	if url == "http://"+DefaultAdmin {
		return ""
	}
	return " --admin " + url
}

var welcome = template.Must(template.New("welcome").Parse(`
Six colos on this machine, a name server in each: 127.1.0.53 (ams), 127.2.0.53 (lhr), 127.3.0.53 (iad),
127.4.0.53 (sjc), 127.5.0.53 (sin), 127.6.0.53 (nrt), all on port {{.Port}}.

Ask any of them for clients in London, in the United States and in Japan:
  dig @127.1.0.53 -p {{.Port}} www.example.com +subnet=81.2.69.0/24
  dig @127.2.0.53 -p {{.Port}} www.example.com +subnet=8.8.8.0/24
  dig @127.3.0.53 -p {{.Port}} www.example.com +subnet=133.11.0.0/16

Make an upstream fail, which takes three colos with it, ask again, see why, and mend it:
  {{.Leeward}} demo fail-upstream northway{{.At}}
  {{.Leeward}} status --admin {{.Admin}}
  {{.Leeward}} explain www.example.com --client 81.2.69.0/24 --admin {{.Admin}}
  {{.Leeward}} demo heal-upstream northway{{.At}}

Drain a colo; stop and start a name server; edit the zone and have it checked:
  {{.Leeward}} drain colo:nrt --reason "just trying" --for 5m --socket {{.Dir}}/nrt.sock
  {{.Leeward}} demo stop-node lhr{{.At}}
  {{.Leeward}} demo start-node lhr{{.At}}
  {{.Leeward}} reload --socket {{.Dir}}/ams.sock

Dashboard: {{.Admin}}/#token={{.Token}}

The files: {{.Dir}} (zones/example.com.zone, a configuration per node, log). Ctrl-C ends it all.

ready
`))
