package main

import (
	"strings"
	"testing"
)

// A bill is the same whatever machine its tool was compiled for.
//
//	it names                  what becomes of it
//	the tool that wrote it    the tool's checksums are left out, all else stays
//	no tool, or two           refused
func TestBillWithoutTool(t *testing.T) {
	bill := func(tools string) string {
		return `{"bomFormat": "CycloneDX", "version": 1, "metadata": {"tools": [` + tools + `]}, "components": [{"name": "a&b", "hashes": ["h"]}]}`
	}
	one, err := withoutTool([]byte(bill(`{"name": "t", "hashes": ["amd64"]}`)))
	if err != nil {
		t.Fatal(err)
	}
	other, err := withoutTool([]byte(bill(`{"hashes": ["arm64"], "name": "t"}`)))
	if err != nil || string(one) != string(other) {
		t.Errorf("%v\n%s\n%s", err, one, other)
	}
	for _, kept := range []string{`"version": 1`, `"name": "a&b"`, `"h"`, `"name": "t"`} {
		if !strings.Contains(string(one), kept) {
			t.Errorf("%s is gone:\n%s", kept, one)
		}
	}
	for _, tools := range []string{``, `{"name": "t"}, {"name": "u"}`, `"t"`} {
		if _, err := withoutTool([]byte(bill(tools))); err == nil {
			t.Errorf("tools %s: no error", tools)
		}
	}
}
