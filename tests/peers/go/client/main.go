// SPDX-License-Identifier: GPL-3.0-or-later

// A gorilla/websocket client: carries out what its arguments name, in their order, waits for the echo of each, and
// prints one JSON object a line for everything it sees.
package main

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"flag"
	"fmt"
	"os"
	"time"

	"github.com/gorilla/websocket"

	"../program"
)

type action struct {
	kind string
	data []byte
}

// A payload longer than this leaves in more than one frame when it is streamed.
const writeBuffer = 16

const patience = 20 * time.Second

func fail(err error) {
	program.TellEnd(err)
	os.Exit(1)
}

func finish(err error) {
	if program.TellEnd(err) {
		os.Exit(0)
	}
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
	// Prepared, since a message longer than the write buffer would leave in several frames. A prepared one does so
	// from 4,096 octets on.
	prepared, err := websocket.NewPreparedMessage(messageType, what.data)
	if err != nil {
		return err
	}
	return conn.WritePreparedMessage(prepared)
}

func main() {
	var actions []action
	var shared program.Shared
	var dialer = websocket.Dialer{HandshakeTimeout: patience, WriteBufferSize: writeBuffer}
	waitClose := flag.Bool("wait-close", false, "let the server close")
	shared.AddFlags()
	asIs := func(value string) ([]byte, error) { return []byte(value), nil }
	for _, kind := range []string{"text", "fragmented", "ping", "binary"} {
		kind, decode := kind, asIs
		if kind == "binary" {
			decode = hex.DecodeString
		}
		flag.Func(kind, "send `DATA` (hexadecimal for -binary) or the octets of @FILE", func(value string) error {
			octets, err := program.Contents(value, decode)
			actions = append(actions, action{kind, octets})
			return err
		})
	}
	authority := flag.String("ca", "", "PEM file of what alone is trusted")
	flag.Parse()
	if *authority != "" {
		pem, err := os.ReadFile(*authority)
		if err != nil {
			fail(err)
		}
		roots := x509.NewCertPool()
		roots.AppendCertsFromPEM(pem)
		dialer.TLSClientConfig = &tls.Config{RootCAs: roots}
	}
	dialer.Subprotocols = shared.Subprotocols
	dialer.EnableCompression = shared.Deflate

	conn, response, err := dialer.Dial(flag.Arg(0), nil)
	if err != nil {
		if response != nil {
			err = fmt.Errorf("%v: %d", err, response.StatusCode)
		}
		fail(err)
	}
	program.TellOpen(conn.Subprotocol(), response.Header.Get("Sec-WebSocket-Extensions"), "")

	answered := make(chan struct{}, 16)
	ended := make(chan error, 1)
	answerPing := conn.PingHandler()
	conn.SetPingHandler(func(data string) error {
		program.TellControl("ping", data)
		return answerPing(data)
	})
	conn.SetPongHandler(func(data string) error {
		program.TellControl("pong", data)
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
			program.TellMessage(kind, data)
			answered <- struct{}{}
		}
	}()
	for _, what := range actions {
		if err := send(conn, what); err != nil {
			fail(err)
		}
		select {
		case <-answered:
		case err := <-ended:
			finish(err)
		case <-time.After(patience):
			fail(errors.New("no answer to " + what.kind))
		}
	}
	if !*waitClose {
		if err := conn.WriteControl(websocket.CloseMessage, shared.CloseMessage(), time.Now().Add(patience)); err != nil {
			fail(err)
		}
	}
	select {
	case err := <-ended:
		finish(err)
	case <-time.After(patience):
		fail(errors.New("no close"))
	}
}
