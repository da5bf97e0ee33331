// A TLS client certificate whose key is the token's, through crypto11.
//
// Belongs here: both ends of one connection in this process.
// Not here: the calls of PKCS#11 themselves (token.go).
package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"math/big"
	"net"
	"time"

	"github.com/ThalesIgnite/crypto11"
)

var versions = map[string]uint16{"1.2": tls.VersionTLS12, "1.3": tls.VersionTLS13}

// handshake connects to a server in this process that wants a certificate of
// the CA. Reads module, label, ca (PEM), tls ("1.2" or "1.3").
func handshake(a ask) (any, error) {
	context, err := crypto11.Configure(&crypto11.Config{Path: a.Module, TokenLabel: a.Label, Pin: "000000"})
	if err != nil {
		return nil, err
	}
	defer context.Close()
	mine, err := context.FindAllPairedCertificates()
	if err != nil {
		return nil, err
	}
	if len(mine) != 1 {
		return nil, fmt.Errorf("%d certificates with keys", len(mine))
	}
	server, roots, err := serverSide(a.CA, versions[a.TLS])
	if err != nil {
		return nil, err
	}
	here, there := net.Pipe()
	defer here.Close()
	defer there.Close()
	deadline := time.Now().Add(30 * time.Second)
	here.SetDeadline(deadline)
	there.SetDeadline(deadline)
	type seen struct {
		who string
		err error
	}
	done := make(chan seen, 1)
	go func() {
		c := tls.Server(there, server)
		word := make([]byte, 5)
		_, err := io.ReadFull(c, word)
		if err != nil {
			there.Close()
			done <- seen{"", err}
			return
		}
		done <- seen{c.ConnectionState().VerifiedChains[0][0].Subject.CommonName, nil}
	}()
	client := tls.Client(here, &tls.Config{RootCAs: roots, ServerName: "server.example", Certificates: mine})
	_, writeErr := client.Write([]byte("hello"))
	who := <-done
	if who.err == nil {
		who.err = writeErr
	}
	state := client.ConnectionState()
	return map[string]any{"client": who.who, "version": state.Version == versions[a.TLS]}, who.err
}

func serverSide(ca string, version uint16) (*tls.Config, *x509.CertPool, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, nil, err
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), DNSNames: []string{"server.example"}, NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		return nil, nil, err
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, nil, err
	}
	roots, clients := x509.NewCertPool(), x509.NewCertPool()
	roots.AddCert(leaf)
	if !clients.AppendCertsFromPEM([]byte(ca)) {
		return nil, nil, fmt.Errorf("no certificate in the CA's PEM")
	}
	return &tls.Config{
		Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}},
		ClientAuth:   tls.RequireAndVerifyClientCert, ClientCAs: clients,
		MinVersion: version, MaxVersion: version,
	}, roots, nil
}
