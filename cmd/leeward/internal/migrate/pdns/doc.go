// Package pdns reads zones of PowerDNS with LUA records: zone files of its BIND backend, and what pdnsutil list-zone prints.
// Of Lua it reads what the records of the documentation are made of (literals, tables, calls, if with a place of the
// client), and runs nothing.
package pdns
