// SPDX-License-Identifier: GPL-3.0-or-later
// A ws client. Same arguments and output as the other client peers.

import {readFileSync} from 'node:fs';
import WebSocket from 'ws';
import {close, deflateOptions, library, parseArguments, sendInPieces, tell, tellMessage} from './arguments.mjs';

const patience = 20_000;
const options = parseArguments(process.argv.slice(2));
const socket = new WebSocket(options.url, options.subprotocols,
                             {perMessageDeflate: deflateOptions(options.deflate), handshakeTimeout: patience,
                              ca: options.ca && readFileSync(options.ca)});
let answered = () => {};
let extensions = '';

socket.on('upgrade', response => { extensions = response.headers['sec-websocket-extensions'] ?? ''; });
socket.on('message', (data, isBinary) => {
    tellMessage(data, isBinary);
    answered();
});
socket.on('ping', data => tell({event: 'ping', data: data.toString('hex')}));
socket.on('pong', data => {
    tell({event: 'pong', data: data.toString('hex')});
    answered();
});
socket.on('error', error => {
    tell({event: 'error', message: error.message});
    process.exitCode = 1;
});
socket.on('close', (code, reason) => {
    tell({event: 'close', code, reason: reason.toString('utf8')});
    process.exit();
});

function send({kind, octets}) {
    if (kind === 'ping')
        socket.ping(octets);
    else
        sendInPieces(socket, octets, kind === 'binary', kind === 'fragmented' ? 3 : 1);
}

socket.on('open', async () => {
    tell({event: 'open', library, subprotocol: socket.protocol, extensions});
    for (const action of options.actions) {
        const answer = new Promise(resolve => { answered = resolve; });
        send(action);
        await answer;
    }
    if (!options.waitClose)
        close(socket, options);
});

setTimeout(() => {
    tell({event: 'error', message: 'out of patience'});
    process.exit(1);
}, 2 * patience).unref();
