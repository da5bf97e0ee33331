module ingam.example/interop

go 1.19

require (
	github.com/ThalesIgnite/crypto11 v1.2.5
	github.com/cloudflare/circl v1.3.7
	github.com/golang-jwt/jwt/v4 v4.5.2
	github.com/miekg/pkcs11 v1.1.2
)

require (
	github.com/pkg/errors v0.8.1 // indirect
	github.com/thales-e-security/pool v0.0.2 // indirect
	golang.org/x/crypto v0.17.0 // indirect
	golang.org/x/sys v0.15.0 // indirect
)
