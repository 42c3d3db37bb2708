package admin

import (
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
