// Package gdnsd reads the configuration and the zones of gdnsd 3: vscf with its includes (gdnsd.config(5)), zone files with
// DYNA and DYNC (gdnsd.zonefile(5)), and the plugins static, simplefo, multifo, weighted, metafo and geoip.
package gdnsd
