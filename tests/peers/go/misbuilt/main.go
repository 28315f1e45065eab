// SPDX-License-Identifier: GPL-3.0-or-later

// Servers on gorilla/websocket and net/http that are built wrong in the ways users build them wrong, each at a path of
// its own; "/right" is built as it should be. Prints "PORT n". Ends when its standard input ends.
package main

import (
	"compress/gzip"
	"crypto/sha1"
	"encoding/base64"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/gorilla/websocket"
)

const guid = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"

// What a server that forgets its connections leaves open until the process ends.
const forever = time.Hour

var upgrader = websocket.Upgrader{CheckOrigin: func(*http.Request) bool { return true }}

func echo(conn *websocket.Conn) {
	defer conn.Close()
	for {
		kind, data, err := conn.ReadMessage()
		if err != nil || conn.WriteMessage(kind, data) != nil {
			return
		}
	}
}

func right(w http.ResponseWriter, r *http.Request) {
	if conn, err := upgrader.Upgrade(w, r, nil); err == nil {
		echo(conn)
	}
}

// The default: same origin only.
func strictOrigin(w http.ResponseWriter, r *http.Request) {
	strict := websocket.Upgrader{}
	if conn, err := strict.Upgrade(w, r, nil); err == nil {
		echo(conn)
	}
}

func writeHeaderFirst(w http.ResponseWriter, r *http.Request) {
	w.WriteHeader(http.StatusSwitchingProtocols)
	right(w, r)
}

// As many compression middlewares do, it hides http.Hijacker.
type gzipWriter struct {
	http.ResponseWriter
	zip *gzip.Writer
}

func (writer gzipWriter) Write(octets []byte) (int, error) { return writer.zip.Write(octets) }

func gzipAround(w http.ResponseWriter, r *http.Request) {
	zip := gzip.NewWriter(w)
	defer zip.Close()
	w.Header().Set("Content-Encoding", "gzip")
	right(gzipWriter{w, zip}, r)
}

// A handshake by hand; `lines` are the fields after Upgrade and Connection.
func byHand(w http.ResponseWriter, lines string) {
	conn, _, err := w.(http.Hijacker).Hijack()
	if err != nil {
		return
	}
	defer conn.Close()
	fmt.Fprintf(conn, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n%s\r\n", lines)
	_, _ = io.Copy(io.Discard, conn)
}

func acceptOf(text string) string {
	digest := sha1.Sum([]byte(text))
	return "Sec-WebSocket-Accept: " + base64.StdEncoding.EncodeToString(digest[:]) + "\r\n"
}

func keyOf(r *http.Request) string { return r.Header.Get("Sec-WebSocket-Key") }

func withoutAccept(w http.ResponseWriter, r *http.Request) { byHand(w, "") }

func wrongGuid(w http.ResponseWriter, r *http.Request) {
	byHand(w, acceptOf(keyOf(r)+"258EAFA5-E914-47DA-95CA-5AB0DC85B11C"))
}

func decodedKey(w http.ResponseWriter, r *http.Request) {
	decoded, _ := base64.StdEncoding.DecodeString(keyOf(r))
	byHand(w, acceptOf(string(decoded)+guid))
}

func unofferedSubprotocol(w http.ResponseWriter, r *http.Request) {
	byHand(w, acceptOf(keyOf(r)+guid)+"Sec-WebSocket-Protocol: chat\r\n")
}

func unrequestedExtension(w http.ResponseWriter, r *http.Request) {
	byHand(w, acceptOf(keyOf(r)+guid)+"Sec-WebSocket-Extensions: x-foo\r\n")
}

// Without a read no ping is answered: gorilla does it while it reads.
func noReader(w http.ResponseWriter, r *http.Request) {
	if conn, err := upgrader.Upgrade(w, r, nil); err == nil {
		time.Sleep(forever)
		conn.Close()
	}
}

func noCloseAnswer(w http.ResponseWriter, r *http.Request) {
	conn, err := upgrader.Upgrade(w, r, nil)
	if err != nil {
		return
	}
	conn.SetCloseHandler(func(int, string) error { return nil })
	for {
		kind, data, err := conn.ReadMessage()
		if err != nil {
			time.Sleep(forever)
			return
		}
		_ = conn.WriteMessage(kind, data)
	}
}

// A head that proxies with small buffers do not take.
func largeHead(w http.ResponseWriter, r *http.Request) {
	fields := http.Header{"X-Large": {strings.Repeat("a", 6000)}}
	if conn, err := upgrader.Upgrade(w, r, fields); err == nil {
		echo(conn)
	}
}

// The deadline is set once; no pong moves it.
func deadline(w http.ResponseWriter, r *http.Request) {
	if conn, err := upgrader.Upgrade(w, r, nil); err == nil {
		_ = conn.SetReadDeadline(time.Now().Add(1500 * time.Millisecond))
		echo(conn)
	}
}

func main() {
	for path, handler := range map[string]http.HandlerFunc{
		"/right": right, "/strict-origin": strictOrigin, "/write-header-first": writeHeaderFirst, "/gzip": gzipAround,
		"/no-accept": withoutAccept, "/wrong-guid": wrongGuid, "/decoded-key": decodedKey,
		"/unoffered-subprotocol": unofferedSubprotocol, "/unrequested-extension": unrequestedExtension,
		"/no-reader": noReader, "/no-close-answer": noCloseAnswer, "/deadline": deadline, "/large-head": largeHead,
	} {
		http.HandleFunc(path, handler)
	}
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
	fmt.Fprintln(os.Stderr, http.Serve(listener, nil))
}
