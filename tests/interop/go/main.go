// Interop is a foreign peer: it answers each line of JSON with one.
//
// Belongs here: which verb does what; lines in and out.
// Not here: the work (the other files); starting the service and the phone
// (go.test.mjs).
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
)

var verbs = map[string]func(ask) (any, error){
	"open":     open,
	"login":    login,
	"sign":     sign,
	"secrets":  secrets,
	"tls":      handshake,
	"approval": approval,
	"receipt":  receipt,
	"vapid":    vapid,
	"seal":     seal,
}

// ask is what one line asks; each verb says which fields it reads.
type ask struct {
	Verb    string `json:"verb"`
	Module  string `json:"module"`
	Label   string `json:"label"`
	Pin     string `json:"pin"`
	CA      string `json:"ca"`
	TLS     string `json:"tls"`
	Key     []byte `json:"key"`
	Info    []byte `json:"info"`
	AAD     []byte `json:"aad"`
	Message []byte `json:"message"`
	Proof   []byte `json:"proof"`
	Header  string `json:"header"`
}

func main() {
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, 1<<20)
	out := json.NewEncoder(os.Stdout)
	for lines.Scan() {
		var a ask
		var answer any
		err := json.Unmarshal(lines.Bytes(), &a)
		if err == nil {
			verb, known := verbs[a.Verb]
			if !known {
				err = fmt.Errorf("no verb %q", a.Verb)
			} else {
				answer, err = verb(a)
			}
		}
		if err != nil {
			answer = map[string]string{"error": err.Error()}
		}
		if err := out.Encode(answer); err != nil {
			os.Exit(1)
		}
	}
}
