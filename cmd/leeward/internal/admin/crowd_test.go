package admin

import (
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"
)

// Who holds the door without a request does not keep an operator out.
func TestCrowd(t *testing.T) {
	h := newHouse(t)
	h.guard.Admit(Access{Anonymous: true})
	url := h.address(false)
	for range mostConnections + 20 {
		conn, err := net.Dial("tcp", strings.TrimPrefix(url, "http://"))
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
	}
	response, err := http.Get(url + "/v1/status")
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	if response.StatusCode != http.StatusOK {
		t.Errorf("in the crowd: %s", response.Status)
	}
	if got := curl(t, nil, "-H", "X: "+strings.Repeat("x", 2*mostHeader), url+"/v1/status"); got != "431" {
		t.Errorf("large headers: %s", got)
	}
}

// A body that nobody wants is not waited for: a connection cannot be held open by one.
func TestUnwantedBody(t *testing.T) {
	h := newHouse(t)
	h.guard.Admit(h.access(false))
	conn, err := net.Dial("tcp", strings.TrimPrefix(h.address(false), "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(bodyTime / 2)); err != nil {
		t.Fatal(err)
	}
	if _, err := conn.Write([]byte("POST /v1/reload HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n")); err != nil {
		t.Fatal(err)
	}
	answer, err := io.ReadAll(conn)
	if err != nil || !strings.HasPrefix(string(answer), "HTTP/1.1 401") {
		t.Errorf("%v: %s", err, answer)
	}
}

// Beyond the bound the connection that has waited longest is closed, and none that is asking.
func TestCrowdClosesTheLongestWaiting(t *testing.T) {
	c := newCrowd(3)
	var far []net.Conn
	add := func() net.Conn {
		near, other := net.Pipe()
		far = append(far, other)
		c.state(near, http.StateNew)
		return near
	}
	asking, first := add(), add()
	c.state(asking, http.StateActive)
	idle := add()
	c.state(first, http.StateActive)
	c.state(first, http.StateIdle) // it asked, and waits for less long than idle
	add()
	closed := func(i int) bool { return far[i].SetReadDeadline(time.Now()) != nil } // of a pipe that the other side has closed
	if got := [4]bool{closed(0), closed(1), closed(2), closed(3)}; got != [4]bool{false, false, true, false} {
		t.Errorf("closed: %v, want the third alone", got)
	}
	c.state(idle, http.StateClosed)
	if len(c.open) != 3 {
		t.Errorf("%d are open", len(c.open))
	}
}
