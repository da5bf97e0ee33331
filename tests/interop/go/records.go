// AR1 and SR1 as docs/vault-protocol.md tells them, by crypto/ed25519.
//
// Belongs here: reading them to the last byte, and whose they are.
// Not here: whether they say what happened (go.test.mjs).
package main

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
)

// reader takes fields off the front; once short it stays so.
type reader struct {
	rest  []byte
	short bool
}

func (r *reader) take(n int) []byte {
	if r.short || n > len(r.rest) {
		r.short = true
		return make([]byte, n)
	}
	taken := r.rest[:n]
	r.rest = r.rest[n:]
	return taken
}

func (r *reader) number(n int) uint64 {
	return binary.BigEndian.Uint64(append(make([]byte, 8-n), r.take(n)...))
}

func (r *reader) text() string { return string(r.take(int(r.number(2)))) }

func signed(a ask, label, kind string) (*reader, error) {
	if len(a.Key) != ed25519.PublicKeySize ||
		!ed25519.Verify(a.Key, append([]byte(label), a.Message...), a.Proof) {
		return nil, errors.New("the signature is not the vault's")
	}
	if !bytes.HasPrefix(a.Message, []byte(kind)) {
		return nil, errors.New("it is no " + kind)
	}
	return &reader{rest: a.Message[len(kind):]}, nil
}

// approval checks and tells an AR1. Reads message, proof, key.
func approval(a ask) (any, error) {
	r, err := signed(a, "INGAM-ARSIG1", "INGAM-AR1")
	if err != nil {
		return nil, err
	}
	told := map[string]any{"op": r.number(1)}
	r.take(16) // request_id
	told["epoch"] = r.number(4)
	issued, expires := r.number(8), r.number(8)
	told["issued"], told["life"] = issued, expires-issued
	r.take(16) // account_id
	r.take(16) // key_id
	told["certificate"] = hex.EncodeToString(r.take(32))
	told["devices"] = r.number(4)
	r.take(32) // device_list_head
	told["party"] = hex.EncodeToString(r.take(48)) + r.text() + r.text()
	told["mode"] = r.number(1)
	told["mechanism"] = r.number(2)
	params := &reader{rest: []byte(r.text())}
	digests := r.number(2)
	r.take(32 + 32 + 32) // display_sha256, browser_binding, code_commit
	if told["op"] == uint64(9) {
		told["count"], told["seconds"] = params.number(2), params.number(4)
		told["program"], told["machine"], told["user"] = params.text(), params.text(), params.text()
	} else {
		told["label"] = params.text()
	}
	if r.short || params.short || digests != 0 || len(r.rest)+len(params.rest) > 0 {
		return nil, errors.New("AR1 is not as docs/vault-protocol.md says")
	}
	sum := sha256.Sum256(a.Message)
	told["sha256"] = hex.EncodeToString(sum[:])
	return told, nil
}

// receipt checks and tells an SR1. Reads message, proof, key.
func receipt(a ask) (any, error) {
	r, err := signed(a, "INGAM-SRSIG1", "INGAM-SR1")
	if err != nil {
		return nil, err
	}
	r.take(16) // request_id
	told := map[string]any{
		"sign_id":   hex.EncodeToString(r.take(16)),
		"ar1":       hex.EncodeToString(r.take(32)),
		"signature": hex.EncodeToString(r.take(32)),
	}
	r.take(16) // device_id
	told["flags"] = r.number(1)
	told["time"] = r.number(8)
	told["journal"] = r.number(8)
	if r.short || len(r.rest) > 0 {
		return nil, errors.New("SR1 is not as docs/vault-protocol.md says")
	}
	return told, nil
}
