// SPDX-License-Identifier: GPL-3.0-or-later

// Package program is what the gorilla peers share: arguments, and the JSON lines that all peers print.
package program

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"sync"

	"github.com/gorilla/websocket"
)

// Version of Debian's package; gorilla itself does not say. Set by the build.
var Version = "?"

// A message longer than this is told by its digest alone.
const tellOctets = 1024

// Fields of one JSON line.
type Fields = map[string]interface{}

var printing sync.Mutex

// Tell prints one line.
func Tell(fields Fields) {
	line, _ := json.Marshal(fields)
	printing.Lock()
	defer printing.Unlock()
	fmt.Println(string(line))
}

// TellOpen tells of an established connection; path is for servers.
func TellOpen(subprotocol string, extensions string, path string) {
	fields := Fields{"event": "open", "library": "gorilla/websocket " + Version, "subprotocol": subprotocol,
		"extensions": extensions}
	if path != "" {
		fields["path"] = path
	}
	Tell(fields)
}

// TellMessage tells of a whole message.
func TellMessage(kind int, data []byte) {
	digest := sha256.Sum256(data)
	fields := Fields{"event": "message", "type": "binary", "octets": len(data), "sha256": hex.EncodeToString(digest[:])}
	short := len(data) <= tellOctets
	if kind == websocket.TextMessage {
		fields["type"] = "text"
		if short {
			fields["text"] = string(data)
		}
	} else if short {
		fields["hex"] = hex.EncodeToString(data)
	}
	Tell(fields)
}

// TellControl tells of a ping or pong.
func TellControl(event string, data string) {
	Tell(Fields{"event": event, "data": hex.EncodeToString([]byte(data))})
}

// TellEnd tells how a connection ended, and whether by a Close frame.
func TellEnd(err error) bool {
	if closed, ok := err.(*websocket.CloseError); ok {
		Tell(Fields{"event": "close", "code": closed.Code, "reason": closed.Text})
		return true
	}
	Tell(Fields{"event": "error", "message": err.Error()})
	return false
}

// Shared holds the arguments of both roles.
type Shared struct {
	Subprotocols []string
	CloseCode    int
	CloseReason  string
	Deflate      bool
}

// AddFlags registers them.
func (shared *Shared) AddFlags() {
	flag.IntVar(&shared.CloseCode, "close-code", websocket.CloseNormalClosure, "status code of our close; 0: none")
	flag.StringVar(&shared.CloseReason, "close-reason", "", "reason of our close")
	flag.Func("subprotocol", "a subprotocol to offer or accept (repeatable)", func(name string) error {
		shared.Subprotocols = append(shared.Subprotocols, name)
		return nil
	})
	flag.Func("deflate", "no-context: all that gorilla can", func(mode string) error {
		if mode != "no-context" {
			return errors.New("gorilla has no other mode than no-context")
		}
		shared.Deflate = true
		return nil
	})
}

// CloseMessage is the payload of our Close.
func (shared *Shared) CloseMessage() []byte {
	if shared.CloseCode == 0 {
		return websocket.FormatCloseMessage(websocket.CloseNoStatusReceived, "")
	}
	return websocket.FormatCloseMessage(shared.CloseCode, shared.CloseReason)
}

// Contents gives the octets of an argument: @FILE, or what `decode` makes of it.
func Contents(value string, decode func(string) ([]byte, error)) ([]byte, error) {
	if len(value) > 0 && value[0] == '@' {
		return os.ReadFile(value[1:])
	}
	return decode(value)
}
