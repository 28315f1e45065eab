// SPDX-License-Identifier: GPL-3.0-or-later

// An echo server on gorilla/websocket: a third party's reading of RFC 6455 for the interoperability tests.
// Prints "PORT n", then one JSON object a line for everything it sees. Ends when its standard input ends.
package main

import (
	"encoding/hex"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"sync"
	"time"

	"github.com/gorilla/websocket"
)

var (
	subprotocols []string
	closeAfter   = flag.Int("close-after", 0, "close after this many messages")
	closeCode    = flag.Int("close-code", websocket.CloseNormalClosure, "status code of that close")
	closeReason  = flag.String("close-reason", "", "reason of that close")
	pingInterval = flag.Int("ping-interval", 0, "milliseconds between pings; 0: none")
	noRead       = flag.Bool("no-read", false, "accept the upgrade, then never read")
	drop         = flag.Bool("drop", false, "with -close-after: end TCP without a Close frame")
)

var printing sync.Mutex

func tell(fields map[string]interface{}) {
	line, _ := json.Marshal(fields)
	printing.Lock()
	defer printing.Unlock()
	fmt.Println(string(line))
}

func describe(kind int, data []byte) map[string]interface{} {
	if kind == websocket.TextMessage {
		return map[string]interface{}{"event": "message", "type": "text", "text": string(data)}
	}
	return map[string]interface{}{"event": "message", "type": "binary", "hex": hex.EncodeToString(data)}
}

func tellEnd(err error) {
	if closed, ok := err.(*websocket.CloseError); ok {
		tell(map[string]interface{}{"event": "close", "code": closed.Code, "reason": closed.Text})
		return
	}
	tell(map[string]interface{}{"event": "error", "message": err.Error()})
}

func pingForEver(conn *websocket.Conn, done <-chan struct{}) {
	ticker := time.NewTicker(time.Duration(*pingInterval) * time.Millisecond)
	defer ticker.Stop()
	for n := 1; ; n++ {
		select {
		case <-done:
			return
		case <-ticker.C:
			data := []byte(fmt.Sprintf("gorilla %d", n))
			if conn.WriteControl(websocket.PingMessage, data, time.Now().Add(time.Second)) != nil {
				return
			}
		}
	}
}

func serve(writer http.ResponseWriter, request *http.Request) {
	upgrader := websocket.Upgrader{
		Subprotocols: subprotocols,
		CheckOrigin:  func(*http.Request) bool { return true },
	}
	conn, err := upgrader.Upgrade(writer, request, nil)
	if err != nil {
		tellEnd(err)
		return
	}
	defer conn.Close()
	tell(map[string]interface{}{"event": "open", "subprotocol": conn.Subprotocol(), "path": request.URL.RequestURI()})

	done := make(chan struct{})
	defer close(done)
	if *pingInterval > 0 {
		go pingForEver(conn, done)
	}
	answerPing := conn.PingHandler()
	conn.SetPingHandler(func(data string) error {
		tell(map[string]interface{}{"event": "ping", "data": hex.EncodeToString([]byte(data))})
		return answerPing(data)
	})
	conn.SetPongHandler(func(data string) error {
		tell(map[string]interface{}{"event": "pong", "data": hex.EncodeToString([]byte(data))})
		return nil
	})
	if *noRead {
		select {}
	}
	for count := 1; ; count++ {
		kind, data, err := conn.ReadMessage()
		if err != nil {
			tellEnd(err)
			return
		}
		tell(describe(kind, data))
		if err := conn.WriteMessage(kind, data); err != nil {
			tellEnd(err)
			return
		}
		if count == *closeAfter {
			if *drop {
				return
			}
			message := websocket.FormatCloseMessage(*closeCode, *closeReason)
			_ = conn.WriteControl(websocket.CloseMessage, message, time.Now().Add(time.Second))
		}
	}
}

func main() {
	flag.Func("subprotocol", "a subprotocol to accept (repeatable)", func(name string) error {
		subprotocols = append(subprotocols, name)
		return nil
	})
	flag.Parse()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Printf("PORT %d\n", listener.Addr().(*net.TCPAddr).Port)
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		os.Exit(0)
	}()
	_ = http.Serve(listener, http.HandlerFunc(serve))
}
