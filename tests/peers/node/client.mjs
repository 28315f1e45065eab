// SPDX-License-Identifier: GPL-3.0-or-later
// A ws client. Same arguments and output as the other client peers.

import WebSocket from 'ws';
import {describe, parseArguments, tell} from './arguments.mjs';

const patience = 20_000;
const options = parseArguments(process.argv.slice(2));
const socket = new WebSocket(options.url, options.subprotocols, {perMessageDeflate: false, handshakeTimeout: patience});
let answered = () => {};

socket.on('message', (data, isBinary) => {
    tell(describe(data, isBinary));
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

function send({kind, value}) {
    if (kind === 'ping')
        return socket.ping(value);
    if (kind === 'binary')
        return socket.send(Buffer.from(value, 'hex'), {binary: true});
    if (kind === 'text')
        return socket.send(value);
    const middle = Math.max(1, value.length >> 1);
    socket.send(value.slice(0, middle), {fin: false});
    socket.send(value.slice(middle), {fin: true});
}

socket.on('open', async () => {
    tell({event: 'open', subprotocol: socket.protocol});
    for (const action of options.actions) {
        const answer = new Promise(resolve => { answered = resolve; });
        send(action);
        await answer;
    }
    if (!options.waitClose)
        socket.close(options.closeCode, options.closeReason);
});

setTimeout(() => {
    tell({event: 'error', message: 'out of patience'});
    process.exit(1);
}, 2 * patience).unref();
