// What others make for us and read of us: circl seals with HPKE, golang-jwt
// reads the token of a push message.
//
// Belongs here: other people's implementations of what src/pake, src/adapter do.
// Not here: the PKCS#11 token (token.go, handshake.go).
package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"math/big"
	"strings"

	"github.com/cloudflare/circl/hpke"
	"github.com/golang-jwt/jwt/v4"
)

// seal seals to the vault. Reads key (65 bytes), info, aad, message; gives
// enc ‖ ciphertext.
func seal(a ask) (any, error) {
	key, err := hpke.KEM_P256_HKDF_SHA256.Scheme().UnmarshalBinaryPublicKey(a.Key)
	if err != nil {
		return nil, err
	}
	suite := hpke.NewSuite(hpke.KEM_P256_HKDF_SHA256, hpke.KDF_HKDF_SHA256, hpke.AEAD_AES256GCM)
	sender, err := suite.NewSender(key, a.Info)
	if err != nil {
		return nil, err
	}
	enc, sealer, err := sender.Setup(rand.Reader)
	if err != nil {
		return nil, err
	}
	sealed, err := sealer.Seal(a.Message, a.AAD)
	return map[string]any{"sealed": append(enc, sealed...)}, err
}

// vapid checks the Authorization header of a push message (RFC 8292). Reads header.
func vapid(a ask) (any, error) {
	fields := map[string]string{}
	text, found := strings.TrimPrefix(a.Header, "vapid "), strings.HasPrefix(a.Header, "vapid ")
	for _, field := range strings.Split(text, ",") {
		name, value, _ := strings.Cut(strings.TrimSpace(field), "=")
		fields[name] = value
	}
	point, err := base64.RawURLEncoding.DecodeString(fields["k"])
	if !found || err != nil || len(point) != 65 {
		return nil, errors.New("k is no point")
	}
	key := &ecdsa.PublicKey{Curve: elliptic.P256(), X: new(big.Int).SetBytes(point[1:33]), Y: new(big.Int).SetBytes(point[33:])}
	claims := jwt.MapClaims{}
	_, err = jwt.NewParser(jwt.WithValidMethods([]string{"ES256"})).ParseWithClaims(fields["t"], claims, func(*jwt.Token) (any, error) { return key, nil })
	return map[string]any{"claims": claims, "key": fields["k"]}, err
}
