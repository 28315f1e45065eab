// SPDX-License-Identifier: GPL-3.0-or-later
// A ws client that connects again and again: --delay MS between an end and the next attempt, --factor F by which the
// delay grows, --jitter SHARE of it that is left to chance, --attempts N in all. Each connection ends as soon as it is
// open: without a Close, or with --close-code C.

import WebSocket from 'ws';
import {library, parseArguments, tell} from './arguments.mjs';

const options = parseArguments(process.argv.slice(2));
const factor = Number(options.factor ?? 1);
const jitter = Number(options.jitter ?? 0);
const politely = process.argv.includes('--close-code');
let attempts = 0;

function connect() {
    ++attempts;
    const socket = new WebSocket(options.url);
    socket.on('open', () => politely ? socket.close(options.closeCode) : socket.terminate());
    socket.on('error', () => {}); // its close follows
    socket.on('close', () => {
        if (attempts >= Number(options.attempts)) {
            tell({event: 'done', library, attempts});
            return;
        }
        const delay = Number(options.delay) * factor ** (attempts - 1);
        setTimeout(connect, delay * (1 + jitter * (2 * Math.random() - 1)));
    });
}
connect();
