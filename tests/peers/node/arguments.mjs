// SPDX-License-Identifier: GPL-3.0-or-later
// The arguments that every peer understands, and the JSON lines that every peer prints.

const valueless = new Set(['no-read', 'wait-close']);
const numbers = new Set(['close-after', 'close-code', 'ping-interval']);
const actionKinds = new Set(['text', 'binary', 'fragmented', 'ping']);

export function parseArguments(words) {
    const options = {actions: [], subprotocols: [], closeCode: 1000, closeReason: '', closeAfter: 0, pingInterval: 0};
    for (let i = 0; i < words.length; ++i) {
        if (!words[i].startsWith('--')) {
            options.url = words[i];
            continue;
        }
        const name = words[i].slice(2);
        const value = valueless.has(name) ? true : words[++i];
        if (actionKinds.has(name))
            options.actions.push({kind: name, value});
        else if (name === 'subprotocol')
            options.subprotocols.push(value);
        else
            options[name.replace(/-(.)/g, (_, letter) => letter.toUpperCase())] = numbers.has(name) ? Number(value) : value;
    }
    return options;
}

export function tell(fields) {
    process.stdout.write(JSON.stringify(fields) + '\n');
}

export function describe(data, isBinary) {
    return isBinary ? {event: 'message', type: 'binary', hex: data.toString('hex')}
                    : {event: 'message', type: 'text', text: data.toString('utf8')};
}
