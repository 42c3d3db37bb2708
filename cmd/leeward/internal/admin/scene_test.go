package admin

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"
)

// Of many zones a scene has those that somebody must look at.
func TestScene(t *testing.T) {
	s := Status{}
	for i := range 5000 {
		z := Zone{Origin: fmt.Sprintf("z%d.example.", i)}
		if i == 4000 {
			z.Error = "line 3: unknown type"
		}
		if i == 4500 {
			z.Warnings = []string{"same serial"}
		}
		s.Zones = append(s.Zones, z)
	}
	scene := newScene(s, time.Now())
	if scene.Zones != 5000 || scene.BadZones != 1 || len(scene.Status.Zones) != sceneZones ||
		scene.Status.Zones[0].Origin != "z4000.example." || scene.Status.Zones[1].Origin != "z4500.example." || scene.Status.Zones[2].Origin != "z0.example." {
		t.Errorf("%d zones, %d bad, %+v", scene.Zones, scene.BadZones, scene.Status.Zones[:3])
	}
	if len(s.Zones) != 5000 || s.Zones[0].Origin != "z0.example." {
		t.Error("the status itself was changed")
	}
}

// Ages and the like are no change; everything else is.
func TestPrint(t *testing.T) {
	seen := time.Now()
	make := func() Status {
		return Status{Problems: []string{"clock of ns2 is off by 1.5 s"}, Members: []Member{{Name: "ns2", HeartbeatAge: "0.1s", SheetAge: "1s", ClockSkew: "0.1s", Differs: "0.0s"}},
			Colos: []Colo{{Name: "ams", Demand: &Demand{Demand: 5}, Uplinks: []Uplink{{Reason: "ok", Seen: &seen, Ramp: &Ramp{Back: 41},
				Votes: []Vote{{Observer: "ns2", Up: true, Detail: "2 ms", Age: "0.1s"}}}}}},
			Services: []Service{{Check: "web", Votes: []Vote{{Observer: "ns2", Age: "0.1s"}}}}}
	}
	first := make().print()
	for i, change := range []func(*Status){
		func(s *Status) { s.Members[0].HeartbeatAge = "0.2s" }, func(s *Status) { s.Members[0].ClockSkew = "0.2s" },
		func(s *Status) { s.Problems[0] = "clock of ns2 is off by 1.7 s" }, func(s *Status) { s.Colos[0].Demand.Demand = 6 },
		func(s *Status) { s.Colos[0].Uplinks[0].Seen = nil }, func(s *Status) { s.Colos[0].Uplinks[0].Ramp.Back = 42 },
		func(s *Status) { s.Colos[0].Uplinks[0].Votes[0].Age = "9s" }, func(s *Status) { s.Colos[0].Uplinks[0].Votes[0].Detail = "3 ms" },
		func(s *Status) { s.Services[0].Votes[0].Age = "9s" },
	} {
		s := make()
		before, _ := json.Marshal(s)
		change(&s)
		if string(s.print()) != string(first) {
			t.Errorf("row %d is taken for a change", i)
		}
		changed := make()
		change(&changed)
		if got, _ := json.Marshal(s); string(got) == string(before) {
			t.Errorf("row %d changes nothing", i)
		}
		if got, want := fmt.Sprint(len(s.print())), fmt.Sprint(len(changed.print())); got != want {
			t.Errorf("row %d: printing changed the status", i)
		}
	}
	for i, change := range []func(*Status){
		func(s *Status) { s.Members[0].Differs = "3.0s" }, func(s *Status) { s.Problems = nil },
		func(s *Status) { s.Colos[0].Uplinks[0].Reason = "timeout" }, func(s *Status) { s.Colos[0].Uplinks[0].Votes[0].Up = false },
		func(s *Status) { s.Overrides = []Override{{Target: "colo:ams"}} },
	} {
		s := make()
		if change(&s); string(s.print()) == string(first) {
			t.Errorf("row %d is taken for no change", i)
		}
	}
}
