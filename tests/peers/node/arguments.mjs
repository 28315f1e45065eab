// SPDX-License-Identifier: GPL-3.0-or-later
// The arguments that every peer understands, and the JSON lines that every peer prints.

import {createHash} from 'node:crypto';
import {readFileSync} from 'node:fs';
import {createRequire} from 'node:module';

const valueless = new Set(['no-read', 'wait-close']);
const numbers = new Set(['close-after', 'close-code', 'ping-interval', 'fragments']);
const actionKinds = new Set(['text', 'binary', 'fragmented', 'ping']);
/// A message longer than this is told by its digest alone.
const tellOctets = 1024;

export const library = `ws ${createRequire(import.meta.url)('ws/package.json').version}`;

function octetsOf(kind, value) {
    if (value.startsWith('@'))
        return readFileSync(value.slice(1));
    return Buffer.from(value, kind === 'binary' ? 'hex' : 'utf8');
}

export function parseArguments(words) {
    const options = {
        actions: [], subprotocols: [], closeCode: 1000, closeReason: '', closeAfter: 0, pingInterval: 0, fragments: 1,
    };
    for (let i = 0; i < words.length; ++i) {
        if (!words[i].startsWith('--')) {
            options.url = words[i];
            continue;
        }
        const name = words[i].slice(2);
        const value = valueless.has(name) ? true : words[++i];
        if (actionKinds.has(name))
            options.actions.push({kind: name, octets: octetsOf(name, value)});
        else if (name === 'subprotocol')
            options.subprotocols.push(value);
        else
            options[name.replace(/-(.)/g, (_, letter) => letter.toUpperCase())] = numbers.has(name) ? Number(value) : value;
    }
    return options;
}

/// ws' perMessageDeflate for --deflate on, no-context or bits=N. Small messages are compressed as well.
export function deflateOptions(mode) {
    if (mode === undefined)
        return false;
    if (mode === 'on')
        return {threshold: 0};
    if (mode === 'no-context')
        return {threshold: 0, serverNoContextTakeover: true, clientNoContextTakeover: true};
    const bits = Number(/^bits=(\d+)$/.exec(mode)[1]);
    return {threshold: 0, serverMaxWindowBits: bits, clientMaxWindowBits: bits};
}

/// Code 0: a Close frame without payload.
export function close(socket, options) {
    if (options.closeCode === 0)
        socket.close();
    else
        socket.close(options.closeCode, options.closeReason);
}

export function sendInPieces(socket, octets, isBinary, count) {
    const pieces = Math.max(1, Math.min(count, octets.length));
    for (let i = 0; i < pieces; ++i) {
        const piece = octets.subarray(Math.floor(octets.length * i / pieces), Math.floor(octets.length * (i + 1) / pieces));
        socket.send(piece, {binary: isBinary, fin: i + 1 === pieces});
    }
}

export function tell(fields) {
    process.stdout.write(JSON.stringify(fields) + '\n');
}

export function tellMessage(data, isBinary) {
    const fields = {
        event: 'message',
        type: isBinary ? 'binary' : 'text',
        octets: data.length,
        sha256: createHash('sha256').update(data).digest('hex'),
    };
    if (data.length <= tellOctets)
        Object.assign(fields, isBinary ? {hex: data.toString('hex')} : {text: data.toString('utf8')});
    tell(fields);
}
