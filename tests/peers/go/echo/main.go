// SPDX-License-Identifier: GPL-3.0-or-later

// An echo server on gorilla/websocket: a third party's reading of RFC 6455 for the interoperability tests.
// Prints "PORT n", then one JSON object a line for everything it sees. Ends when its standard input ends.
package main

import (
	"bufio"
	"crypto/tls"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/gorilla/websocket"

	"../program"
)

var (
	shared       program.Shared
	closeAfter   = flag.Int("close-after", 0, "close after this many messages")
	pingInterval = flag.Int("ping-interval", 0, "milliseconds between pings; 0: none")
	fragments    = flag.Int("fragments", 1, "frames to echo each message in; gorilla ends it with an empty one more")
	noRead       = flag.Bool("no-read", false, "accept the upgrade, then never read")
	cert         = flag.String("cert", "", "PEM file of the certificate and its chain; empty: no TLS")
	key          = flag.String("key", "", "PEM file of its key")
	drop         = flag.Bool("drop", false, "with -close-after: end TCP without a Close frame")
)

// With a buffer of this size every piece of a message leaves as a frame.
const smallBuffer = 16

// A responder whose connection keeps the first octets written to it: the response head, which gorilla shows to nobody.
type headKeeper struct {
	http.ResponseWriter
	conn *keptConn
}

type keptConn struct {
	net.Conn
	head string
}

func (keeper *headKeeper) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	conn, buffers, err := keeper.ResponseWriter.(http.Hijacker).Hijack()
	keeper.conn = &keptConn{Conn: conn}
	return keeper.conn, buffers, err
}

func (conn *keptConn) Write(octets []byte) (int, error) {
	if conn.head == "" {
		conn.head = string(octets)
	}
	return conn.Conn.Write(octets)
}

func (conn *keptConn) extensions() string {
	const name = "\r\nSec-WebSocket-Extensions: "
	start := strings.Index(conn.head, name)
	if start < 0 {
		return ""
	}
	value := conn.head[start+len(name):]
	return value[:strings.Index(value, "\r\n")]
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

func echo(conn *websocket.Conn, kind int, data []byte) error {
	if *fragments <= 1 {
		return conn.WriteMessage(kind, data)
	}
	writer, err := conn.NextWriter(kind)
	if err != nil {
		return err
	}
	for i := 0; i < *fragments; i++ {
		if _, err := writer.Write(data[len(data)*i/ *fragments : len(data)*(i+1) / *fragments]); err != nil {
			return err
		}
	}
	return writer.Close()
}

func serve(writer http.ResponseWriter, request *http.Request) {
	upgrader := websocket.Upgrader{
		Subprotocols:      shared.Subprotocols,
		CheckOrigin:       func(*http.Request) bool { return true },
		EnableCompression: shared.Deflate,
	}
	if *fragments > 1 {
		upgrader.WriteBufferSize = smallBuffer
	}
	keeper := &headKeeper{ResponseWriter: writer}
	conn, err := upgrader.Upgrade(keeper, request, nil)
	if err != nil {
		program.TellEnd(err)
		return
	}
	defer conn.Close()
	program.TellOpen(conn.Subprotocol(), keeper.conn.extensions(), request.URL.RequestURI())

	done := make(chan struct{})
	defer close(done)
	if *pingInterval > 0 {
		go pingForEver(conn, done)
	}
	answerPing := conn.PingHandler()
	conn.SetPingHandler(func(data string) error {
		program.TellControl("ping", data)
		return answerPing(data)
	})
	conn.SetPongHandler(func(data string) error {
		program.TellControl("pong", data)
		return nil
	})
	if *noRead {
		select {}
	}
	for count := 1; ; count++ {
		kind, data, err := conn.ReadMessage()
		if err != nil {
			program.TellEnd(err)
			return
		}
		program.TellMessage(kind, data)
		if err := echo(conn, kind, data); err != nil {
			program.TellEnd(err)
			return
		}
		if count == *closeAfter {
			if *drop {
				return
			}
			_ = conn.WriteControl(websocket.CloseMessage, shared.CloseMessage(), time.Now().Add(time.Second))
		}
	}
}

func main() {
	shared.AddFlags()
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
	server := http.Server{Handler: http.HandlerFunc(serve)}
	if *cert == "" {
		_ = server.Serve(listener)
		return
	}
	// HTTP/2 has no place here: gorilla takes over the connection.
	server.TLSNextProto = map[string]func(*http.Server, *tls.Conn, http.Handler){}
	_ = server.ServeTLS(listener, *cert, *key)
}
