// The token through github.com/miekg/pkcs11, checked by crypto/x509.
//
// Belongs here: one session, its objects, signatures in every way.
// Not here: crypto.Signer (handshake.go).
package main

import (
	"bytes"
	"crypto"
	"crypto/x509"
	"encoding/asn1"
	"errors"
	"fmt"
	"math/big"

	"github.com/miekg/pkcs11"
)

var token struct {
	ctx     *pkcs11.Ctx
	session pkcs11.SessionHandle
}

// open opens a session of the token with a label. Reads module and label.
func open(a ask) (any, error) {
	token.ctx = pkcs11.New(a.Module)
	if token.ctx == nil {
		return nil, errors.New("the module cannot be loaded")
	}
	if err := token.ctx.Initialize(); err != nil {
		return nil, err
	}
	slots, err := token.ctx.GetSlotList(true)
	if err != nil {
		return nil, err
	}
	for _, slot := range slots {
		info, err := token.ctx.GetTokenInfo(slot)
		if err != nil {
			return nil, err
		}
		if info.Label != a.Label {
			continue
		}
		token.session, err = token.ctx.OpenSession(slot, pkcs11.CKF_SERIAL_SESSION)
		return map[string]string{"label": info.Label, "maker": info.ManufacturerID}, err
	}
	return nil, fmt.Errorf("no token %q", a.Label)
}

// login gives the PIN, and lists the labels of the private keys. Reads pin.
func login(a ask) (any, error) {
	if err := token.ctx.Login(token.session, pkcs11.CKU_USER, a.Pin); err != nil {
		return nil, err
	}
	keys, err := find(pkcs11.CKO_PRIVATE_KEY, nil)
	if err != nil {
		return nil, err
	}
	labels := []string{}
	for _, key := range keys {
		label, err := attribute(key, pkcs11.CKA_LABEL)
		if err != nil {
			return nil, err
		}
		labels = append(labels, string(label))
	}
	return map[string]any{"keys": labels}, nil
}

func find(class uint, id []byte) ([]pkcs11.ObjectHandle, error) {
	template := []*pkcs11.Attribute{pkcs11.NewAttribute(pkcs11.CKA_CLASS, class)}
	if id != nil {
		template = append(template, pkcs11.NewAttribute(pkcs11.CKA_ID, id))
	}
	if err := token.ctx.FindObjectsInit(token.session, template); err != nil {
		return nil, err
	}
	found, _, err := token.ctx.FindObjects(token.session, 100)
	if err != nil {
		return nil, err
	}
	return found, token.ctx.FindObjectsFinal(token.session)
}

func attribute(o pkcs11.ObjectHandle, kind uint) ([]byte, error) {
	values, err := token.ctx.GetAttributeValue(token.session, o, []*pkcs11.Attribute{pkcs11.NewAttribute(kind, nil)})
	if err != nil {
		return nil, err
	}
	return values[0].Value, nil
}

func firstKey() (pkcs11.ObjectHandle, error) {
	keys, err := find(pkcs11.CKO_PRIVATE_KEY, nil)
	if err != nil {
		return 0, err
	}
	if len(keys) == 0 {
		return 0, errors.New("no private key")
	}
	return keys[0], nil
}

type way struct {
	name      string
	mechanism *pkcs11.Mechanism
	digest    crypto.Hash // 0: the token makes the digest
	check     x509.SignatureAlgorithm
}

func pss(mechanism, hash, mgf, salt uint) *pkcs11.Mechanism {
	return pkcs11.NewMechanism(mechanism, pkcs11.NewPSSParams(hash, mgf, salt))
}

var ways = map[uint][]way{
	pkcs11.CKK_RSA: {
		{"CKM_SHA256_RSA_PKCS", pkcs11.NewMechanism(pkcs11.CKM_SHA256_RSA_PKCS, nil), 0, x509.SHA256WithRSA},
		{"CKM_SHA512_RSA_PKCS", pkcs11.NewMechanism(pkcs11.CKM_SHA512_RSA_PKCS, nil), 0, x509.SHA512WithRSA},
		{"CKM_SHA256_RSA_PKCS_PSS", pss(pkcs11.CKM_SHA256_RSA_PKCS_PSS, pkcs11.CKM_SHA256, pkcs11.CKG_MGF1_SHA256, 32), 0, x509.SHA256WithRSAPSS},
		{"CKM_SHA384_RSA_PKCS_PSS", pss(pkcs11.CKM_SHA384_RSA_PKCS_PSS, pkcs11.CKM_SHA384, pkcs11.CKG_MGF1_SHA384, 48), 0, x509.SHA384WithRSAPSS},
		{"CKM_RSA_PKCS_PSS", pss(pkcs11.CKM_RSA_PKCS_PSS, pkcs11.CKM_SHA512, pkcs11.CKG_MGF1_SHA512, 64), crypto.SHA512, x509.SHA512WithRSAPSS},
	},
	pkcs11.CKK_EC: {
		{"CKM_ECDSA_SHA256", pkcs11.NewMechanism(pkcs11.CKM_ECDSA_SHA256, nil), 0, x509.ECDSAWithSHA256},
		{"CKM_ECDSA_SHA512", pkcs11.NewMechanism(pkcs11.CKM_ECDSA_SHA512, nil), 0, x509.ECDSAWithSHA512},
		{"CKM_ECDSA", pkcs11.NewMechanism(pkcs11.CKM_ECDSA, nil), crypto.SHA384, x509.ECDSAWithSHA384},
	},
}

// sign signs with the first private key in every way that its kind knows, and
// checks each with the certificate that has the key's CKA_ID.
func sign(ask) (any, error) {
	key, err := firstKey()
	if err != nil {
		return nil, err
	}
	certificate, err := certificateOf(key)
	if err != nil {
		return nil, err
	}
	kind := uint(pkcs11.CKK_RSA)
	if certificate.PublicKeyAlgorithm == x509.ECDSA {
		kind = pkcs11.CKK_EC
	}
	names := []string{}
	for _, w := range ways[kind] {
		message := []byte("signed in Go, " + w.name)
		signature, err := w.sign(key, message)
		if err == nil {
			err = certificate.CheckSignature(w.check, message, signature)
		}
		if err == nil && certificate.CheckSignature(w.check, append(message, '!'), signature) == nil {
			err = errors.New("holds for other bytes, too")
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", w.name, err)
		}
		names = append(names, w.name)
	}
	return map[string]any{"verified": names}, nil
}

func (w way) sign(key pkcs11.ObjectHandle, message []byte) ([]byte, error) {
	if w.digest != 0 {
		h := w.digest.New()
		h.Write(message)
		message = h.Sum(nil)
	}
	if err := token.ctx.SignInit(token.session, []*pkcs11.Mechanism{w.mechanism}, key); err != nil {
		return nil, err
	}
	signature, err := token.ctx.Sign(token.session, message)
	if err != nil || w.check < x509.ECDSAWithSHA1 || w.check > x509.ECDSAWithSHA512 {
		return signature, err
	}
	// PKCS#11 gives r and s one after the other, X.509 wants DER.
	half := len(signature) / 2
	return asn1.Marshal([]*big.Int{new(big.Int).SetBytes(signature[:half]), new(big.Int).SetBytes(signature[half:])})
}

func certificateOf(key pkcs11.ObjectHandle) (*x509.Certificate, error) {
	id, err := attribute(key, pkcs11.CKA_ID)
	if err != nil {
		return nil, err
	}
	found, err := find(pkcs11.CKO_CERTIFICATE, id)
	if err != nil {
		return nil, err
	}
	if len(found) != 1 {
		return nil, fmt.Errorf("%d certificates with the key's CKA_ID", len(found))
	}
	der, err := attribute(found[0], pkcs11.CKA_VALUE)
	if err != nil {
		return nil, err
	}
	return x509.ParseCertificate(der)
}

// secrets asks for every part of the first private key; answers what the token
// said.
func secrets(ask) (any, error) {
	key, err := firstKey()
	if err != nil {
		return nil, err
	}
	said := map[string]bool{}
	for _, kind := range []uint{pkcs11.CKA_PRIVATE_EXPONENT, pkcs11.CKA_PRIME_1, pkcs11.CKA_PRIME_2, pkcs11.CKA_EXPONENT_1, pkcs11.CKA_EXPONENT_2, pkcs11.CKA_COEFFICIENT, pkcs11.CKA_VALUE} {
		value, err := attribute(key, kind)
		if err == nil || len(bytes.Trim(value, "\x00")) > 0 {
			return nil, fmt.Errorf("attribute %#x: %d bytes", kind, len(value))
		}
		said[err.Error()] = true
	}
	return said, nil
}
