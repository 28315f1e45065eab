// SPDX-License-Identifier: GPL-3.0-or-later
// An echo server on ws. Same arguments and output as the other echo peers.

import {readFileSync} from 'node:fs';
import {createServer as createPlainServer} from 'node:http';
import {createServer as createTlsServer} from 'node:https';
import {WebSocketServer} from 'ws';
import {close, deflateOptions, library, parseArguments, sendInPieces, tell, tellMessage} from './arguments.mjs';

const options = parseArguments(process.argv.slice(2));
const http = options.cert
    ? createTlsServer({cert: readFileSync(options.cert), key: readFileSync(options.key)}) : createPlainServer();
const server = new WebSocketServer({
    server: http,
    perMessageDeflate: deflateOptions(options.deflate),
    handleProtocols: offered => options.subprotocols.find(name => offered.has(name)) ?? false,
});

http.listen(0, '127.0.0.1', () => process.stdout.write(`PORT ${http.address().port}\n`));
const answers = new WeakMap();
server.on('headers', (headers, request) => {
    const name = 'Sec-WebSocket-Extensions: ';
    answers.set(request, headers.find(line => line.startsWith(name))?.slice(name.length) ?? '');
});
server.on('connection', (socket, request) => {
    const extensions = answers.get(request);
    tell({event: 'open', library, subprotocol: socket.protocol, extensions, path: request.url});
    if (options.noRead) {
        socket.pause();
        return;
    }
    let count = 0;
    let pings = 0;
    const timer = options.pingInterval > 0
        ? setInterval(() => socket.ping(`ws ${++pings}`), options.pingInterval) : undefined;
    socket.on('message', (data, isBinary) => {
        tellMessage(data, isBinary);
        sendInPieces(socket, data, isBinary, options.fragments);
        if (++count === options.closeAfter)
            close(socket, options);
    });
    socket.on('ping', data => tell({event: 'ping', data: data.toString('hex')}));
    socket.on('pong', data => tell({event: 'pong', data: data.toString('hex')}));
    socket.on('error', error => tell({event: 'error', message: error.message}));
    socket.on('close', (code, reason) => {
        clearInterval(timer);
        tell({event: 'close', code, reason: reason.toString('utf8')});
    });
});

process.stdin.resume();
process.stdin.on('end', () => process.exit(0));
