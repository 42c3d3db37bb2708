// Package dnstap tells a reader of every query and response, in the format of the field: dnstap messages in frame streams,
// to a socket or a file. It owns the encoding, the connection and what happens when the reader is gone or the disk is full.
// It never holds up an answer: what the reader does not take in time is dropped and counted.
package dnstap

import (
	"context"
	"errors"
	"log/slog"
	"sync/atomic"
	"time"

	"leeward/cmd/leeward/internal/capture"
	"leeward/dnsserver"
)

// Options are what is told to whom.
type Options struct {
	Network   string // unix, tcp or file
	Address   string // a path, or host:port
	Queries   bool
	Responses bool
	Sample    int // one query in so many, and its response
	Identity  string
	Version   string
	Buffer    int // octets that wait for the reader at the most
	Logger    *slog.Logger
}

// Output is a reader and the way to it. Its methods may be called at any time.
type Output struct {
	opts    Options
	queue   *capture.Queue
	encoder *encoder
	reopen  chan struct{}
	written atomic.Uint64 // messages
	lost    atomic.Uint64 // messages that were taken, but did not reach the reader
	open    atomic.Bool
	file    *file // Run's own: kept over errors
}

// New makes an output. It opens nothing.
func New(o Options) *Output {
	return &Output{opts: o, queue: capture.New(capture.Options{Every: o.Sample, Room: o.Buffer}), encoder: newEncoder(o.Identity, o.Version),
		reopen: make(chan struct{}, 1)}
}

// Offer takes exchanges, as a tap of the server.
func (o *Output) Offer(batch []dnsserver.Exchange) { o.queue.Offer(batch) }

// Reopen has a file that was renamed or removed be begun anew.
func (o *Output) Reopen() {
	select {
	case o.reopen <- struct{}{}:
	default: // it is to be reopened already
	}
}

// Counts are what became of the messages.
type Counts struct {
	Written uint64
	Dropped uint64 // exchanges that found no room, and messages that did not reach the reader
	Open    bool   // the reader is there, or the file is written to
}

// Counts gives what became of the messages so far.
func (o *Output) Counts() Counts {
	return Counts{Written: o.written.Load(), Dropped: o.queue.Dropped()*o.each() + o.lost.Load(), Open: o.open.Load()}
}

// each is how many messages there are of an exchange.
func (o *Output) each() uint64 {
	if o.opts.Queries && o.opts.Responses {
		return 2
	}
	return 1
}

// How long it is waited before the reader is looked for again: longer each time.
const (
	firstPause = 100 * time.Millisecond
	mostPause  = 5 * time.Second
)

// Run sends what is offered until the context ends, and then what is there still.
func (o *Output) Run(ctx context.Context) error {
	pause, told := firstPause, ""
	for ctx.Err() == nil {
		err := o.session(ctx, func() {
			o.opts.Logger.Info("dnstap has a reader", "to", o.to())
			pause, told = firstPause, ""
		})
		if err == nil || ctx.Err() != nil {
			continue
		}
		if words := err.Error(); words != told {
			o.opts.Logger.Warn("dnstap has no reader: messages are dropped when the buffer is full, and it is tried again", "to", o.to(), "error", err)
			told = words
		}
		select {
		case <-ctx.Done():
		case <-time.After(pause):
		}
		pause = min(2*pause, mostPause)
	}
	return o.closeFile()
}

func (o *Output) to() string { return o.opts.Network + ":" + o.opts.Address }

// session sends to a reader until it fails, or the file is to be begun anew. It calls opened when all is well.
func (o *Output) session(ctx context.Context, opened func()) error {
	defer o.open.Store(false)
	well := func() {
		if !o.open.Swap(true) {
			opened()
		}
	}
	if o.opts.Network == "file" {
		fresh, err := o.openFile()
		if err != nil {
			return err
		}
		if fresh {
			well()
		}
		return o.feed(ctx, o.file, well)
	}
	to, err := dial(ctx, o.opts.Network, o.opts.Address)
	if err != nil {
		return err
	}
	well()
	defer to.hurry(ctx)()
	err = o.feed(ctx, to, well)
	closeErr := to.close()
	if err != nil {
		return err
	}
	return closeErr
}

// openFile begins the file, unless it is in use already and was not moved.
func (o *Output) openFile() (fresh bool, err error) {
	if o.file != nil && o.file.moved() {
		if err := o.closeFile(); err != nil {
			o.opts.Logger.Warn("the end of a dnstap file was not written", "to", o.to(), "error", err)
		}
	}
	if o.file != nil {
		return false, nil
	}
	o.file, err = create(o.opts.Address)
	return true, err
}

func (o *Output) closeFile() error {
	if o.file == nil {
		return nil
	}
	err := o.file.close()
	o.file = nil
	return err
}

// feed sends what comes, and calls well when it is taken. It returns nil when the context ends, or the file is to be looked
// at again.
func (o *Output) feed(ctx context.Context, to sink, well func()) error {
	for {
		select {
		case b := <-o.queue.Full():
			if err := o.forward(to, b); err != nil {
				return err
			}
			well()
		case <-o.reopen:
			if o.opts.Network == "file" {
				return nil
			}
		case <-ctx.Done():
			return o.drain(to)
		}
	}
}

// drain sends what waits still.
func (o *Output) drain(to sink) error {
	for {
		select {
		case b := <-o.queue.Full():
			if err := o.forward(to, b); err != nil {
				return err
			}
		default:
			return nil
		}
	}
}

// atOnce is how many messages are sent together at the most, about.
const atOnce = 1000

// forward sends a batch, and those that wait behind it.
func (o *Output) forward(to sink, b *capture.Batch) error {
	messages := uint64(0)
	for {
		n, err := o.put(to, b)
		o.queue.Done(b)
		if messages += n; err != nil {
			o.lost.Add(messages)
			return err
		}
		if messages >= atOnce {
			break
		}
		select {
		case b = <-o.queue.Full():
			continue
		default:
		}
		break
	}
	if err := to.flush(); err != nil {
		o.lost.Add(messages)
		return err
	}
	o.written.Add(messages)
	return nil
}

// put writes the messages of a batch, and says how many there are of them.
func (o *Output) put(to sink, b *capture.Batch) (messages uint64, err error) {
	for i := range b.Exchanges {
		x := &b.Exchanges[i]
		o.encoder.about(x)
		if o.opts.Queries {
			messages++
			payload, encodeErr := o.encoder.query(x)
			err = errors.Join(err, encodeErr, to.write(payload))
		}
		if o.opts.Responses && len(x.Response) > 0 {
			messages++
			payload, encodeErr := o.encoder.response(x)
			err = errors.Join(err, encodeErr, to.write(payload))
		}
	}
	return messages, err
}
