// Checks frames against the protocol's own schema: validate.mjs NPM_FOLDER FILE. The file holds one
// {"from": "client" | "agent", "frame": …} a line. Prints what does not fit; ends with 1 then.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const [npm, file] = process.argv.slice(2);
const require = createRequire(npm + '/');
const Ajv = require('ajv/dist/2020').default;
const schema = require('@agentclientprotocol/sdk/schema/v1/schema.json');
const ajv = new Ajv({ strict: false, allErrors: true, validateFormats: false });
ajv.addSchema(schema, 'acp');

// "agent session/prompt Request" → the definition's name; x-side is who handles the method.
const definitions = new Map();
for (const [name, definition] of Object.entries(schema.$defs)) {
    const kind = /(Request|Notification)$/.exec(name);
    if (definition['x-method'] && kind)
        definitions.set(`${definition['x-side']} ${definition['x-method']} ${kind[1]}`, name);
}
const other = { client: 'agent', agent: 'client' };
const asked = new Map(); // "client 3" → method
let checked = 0;
let wrong = 0;

function check(definition, value, frame) {
    if (!definition) {
        wrong += 1;
        console.log(`no definition for ${JSON.stringify(frame).slice(0, 200)}`);
        return;
    }
    checked += 1;
    const validate = ajv.getSchema(`acp#/$defs/${definition}`);
    if (!validate(value)) {
        wrong += 1;
        console.log(`${definition}: ${ajv.errorsText(validate.errors)}\n  ${JSON.stringify(frame).slice(0, 500)}`);
    }
}

for (const line of readFileSync(file, 'utf8').split('\n').filter(Boolean)) {
    const { from, frame } = JSON.parse(line);
    if (frame.jsonrpc !== '2.0') {
        wrong += 1;
        console.log(`not JSON-RPC 2.0: ${line.slice(0, 200)}`);
    }
    if (frame.method && frame.id !== undefined) {
        asked.set(`${from} ${frame.id}`, frame.method);
        check(definitions.get(`${other[from]} ${frame.method} Request`), frame.params, frame);
    } else if (frame.method) {
        check(definitions.get(`${other[from]} ${frame.method} Notification`), frame.params, frame);
    } else if (frame.result !== undefined) {
        const method = asked.get(`${other[from]} ${frame.id}`);
        check(definitions.get(`${from} ${method} Request`)?.replace(/Request$/, 'Response'), frame.result, frame);
    } else {
        check('Error', frame.error, frame);
    }
}
console.log(`${checked} frames checked, ${wrong} wrong`);
process.exit(wrong || !checked ? 1 : 0);
