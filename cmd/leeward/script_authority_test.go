package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"math/big"
	"net"
	"os"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// startAuthority runs "authority NAME PORT RESOLVER": a certificate authority, pebble, on https://127.0.0.1:PORT/dir, which
// asks the resolver, host:port, for challenges. Its own certificate is NAME.pem.
func startAuthority(ts *testscript.TestScript, args []string) {
	want(ts, args, "NAME", "PORT", "RESOLVER")
	name, port := args[0], args[1]
	certificate, key := selfSigned(ts)
	ts.Check(os.WriteFile(ts.MkAbs(name+".pem"), certificate, 0o600))
	ts.Check(os.WriteFile(ts.MkAbs(name+".key"), key, 0o600))
	config, err := json.Marshal(map[string]any{"pebble": map[string]any{
		"listenAddress": "127.0.0.1:" + port, "managementListenAddress": "", "certificate": name + ".pem", "privateKey": name + ".key",
		"httpPort": 1, "tlsPort": 1, "retryAfter": map[string]int{"authz": 0, "order": 0},
	}})
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(name+".json"), config, 0o600))
	startServer(ts, []string{name, "env", "PEBBLE_VA_NOSLEEP=1", "PEBBLE_WFE_NONCEREJECT=0", "PEBBLE_AUTHZREUSE=0", "pebble", "-config", name + ".json", "-dnsserver", args[2]})
}

// selfSigned makes a certificate for 127.0.0.1, and its key.
func selfSigned(ts *testscript.TestScript) (certificate, key []byte) {
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	ts.Check(err)
	now := time.Now()
	template := &x509.Certificate{SerialNumber: big.NewInt(now.UnixNano()), NotBefore: now.Add(-time.Hour), NotAfter: now.Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &private.PublicKey, private)
	ts.Check(err)
	octets, err := x509.MarshalPKCS8PrivateKey(private)
	ts.Check(err)
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: octets})
}
