// SPDX-License-Identifier: GPL-3.0-or-later

// A gorilla/websocket client: carries out what its arguments name, in their order, waits for the echo of each, and
// prints one JSON object a line for everything it sees.
package main

import (
	"encoding/hex"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"time"

	"github.com/gorilla/websocket"
)

type action struct {
	kind string
	data []byte
}

// A payload longer than this leaves in more than one frame when it is streamed.
const writeBuffer = 16

const patience = 20 * time.Second

func tell(fields map[string]interface{}) {
	line, _ := json.Marshal(fields)
	fmt.Println(string(line))
}

func fail(message string) {
	tell(map[string]interface{}{"event": "error", "message": message})
	os.Exit(1)
}

func send(conn *websocket.Conn, what action) error {
	switch what.kind {
	case "ping":
		return conn.WriteControl(websocket.PingMessage, what.data, time.Now().Add(patience))
	case "fragmented":
		writer, err := conn.NextWriter(websocket.TextMessage)
		if err != nil {
			return err
		}
		if _, err := writer.Write(what.data); err != nil {
			return err
		}
		return writer.Close()
	}
	messageType := websocket.TextMessage
	if what.kind == "binary" {
		messageType = websocket.BinaryMessage
	}
	// Prepared, since a message longer than the write buffer would leave in several frames.
	prepared, err := websocket.NewPreparedMessage(messageType, what.data)
	if err != nil {
		return err
	}
	return conn.WritePreparedMessage(prepared)
}

func main() {
	var actions []action
	var dialer = websocket.Dialer{HandshakeTimeout: patience, WriteBufferSize: writeBuffer}
	closeCode := flag.Int("close-code", websocket.CloseNormalClosure, "status code of our close")
	closeReason := flag.String("close-reason", "", "reason of our close")
	waitClose := flag.Bool("wait-close", false, "let the server close")
	for _, kind := range []string{"text", "fragmented", "ping"} {
		kind := kind
		flag.Func(kind, "send DATA as "+kind, func(data string) error {
			actions = append(actions, action{kind, []byte(data)})
			return nil
		})
	}
	flag.Func("binary", "send octets, given as hexadecimal digits", func(data string) error {
		octets, err := hex.DecodeString(data)
		actions = append(actions, action{"binary", octets})
		return err
	})
	flag.Func("subprotocol", "a subprotocol to offer (repeatable)", func(name string) error {
		dialer.Subprotocols = append(dialer.Subprotocols, name)
		return nil
	})
	flag.Parse()

	conn, response, err := dialer.Dial(flag.Arg(0), nil)
	if err != nil {
		if response != nil {
			fail(fmt.Sprintf("%v: %d", err, response.StatusCode))
		}
		fail(err.Error())
	}
	tell(map[string]interface{}{"event": "open", "subprotocol": conn.Subprotocol()})

	answered := make(chan struct{}, 16)
	ended := make(chan error, 1)
	answerPing := conn.PingHandler()
	conn.SetPingHandler(func(data string) error {
		tell(map[string]interface{}{"event": "ping", "data": hex.EncodeToString([]byte(data))})
		return answerPing(data)
	})
	conn.SetPongHandler(func(data string) error {
		tell(map[string]interface{}{"event": "pong", "data": hex.EncodeToString([]byte(data))})
		answered <- struct{}{}
		return nil
	})
	go func() {
		for {
			kind, data, err := conn.ReadMessage()
			if err != nil {
				ended <- err
				return
			}
			if kind == websocket.TextMessage {
				tell(map[string]interface{}{"event": "message", "type": "text", "text": string(data)})
			} else {
				tell(map[string]interface{}{"event": "message", "type": "binary", "hex": hex.EncodeToString(data)})
			}
			answered <- struct{}{}
		}
	}()
	finish := func(err error) {
		if closed, ok := err.(*websocket.CloseError); ok {
			tell(map[string]interface{}{"event": "close", "code": closed.Code, "reason": closed.Text})
			os.Exit(0)
		}
		fail(err.Error())
	}
	for _, what := range actions {
		if err := send(conn, what); err != nil {
			fail(err.Error())
		}
		select {
		case <-answered:
		case err := <-ended:
			finish(err)
		case <-time.After(patience):
			fail("no answer to " + what.kind)
		}
	}
	if !*waitClose {
		message := websocket.FormatCloseMessage(*closeCode, *closeReason)
		if err := conn.WriteControl(websocket.CloseMessage, message, time.Now().Add(patience)); err != nil {
			fail(err.Error())
		}
	}
	select {
	case err := <-ended:
		finish(err)
	case <-time.After(patience):
		fail("no close")
	}
}
