// A GitHub for tests, on this computer and without the internet.
//
//     node main.mjs [--fault name=value]...
//
// It prints one line of JSON, {"origin": "http://127.0.0.1:PORT"}, and serves until its standard input closes. Beside it,
// each module of `modules` exports
//
//     async handle(request, response, state)     // true: it has answered
//
// with request.url already a URL, request.body the bytes, and `state` what all of them share. POST /_control changes
// state.faults ({"faults": {…}}), forgets tokens ({"revoke": true}) and answers what was asked so far.
import http from 'node:http'
import fs from 'node:fs'
import path from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { answerJson } from './answer.mjs'
import { checkRuns } from './world.mjs'

const maxBody = 32 * 1024 * 1024 // bytes
const modules = ['oauth.mjs', 'git.mjs', 'api.mjs']

function faultsFrom(words) {
    const faults = {}
    for (let i = 0; i < words.length; ++i) {
        if (words[i] !== '--fault') throw new Error(`${words[i]} is not known`)
        const [name, ...value] = words[++i].split('=')
        faults[name] = value.length === 0 ? true : JSON.parse(value.join('='))
    }
    return faults
}

async function bodyOf(request) {
    const parts = []
    let size = 0
    for await (const part of request) {
        size += part.length
        if (size > maxBody) throw new Error('body too large')
        parts.push(part)
    }
    return Buffer.concat(parts)
}

function control(request, response, state) {
    if (request.url.pathname !== '/_control') return false
    const wish = request.body.length ? JSON.parse(request.body) : {}
    Object.assign(state.faults, wish.faults ?? {})
    if (wish.revoke) {
        state.tokens.clear()
        state.refreshTokens.clear()
    }
    if (wish.approve) state.approved.add(wish.approve)
    return answerJson(response, 200, { requests: state.requests, faults: state.faults, counts: state.counts,
        gitAsked: state.gitAsked ?? [], secrets: [...state.tokens.keys(), ...state.refreshTokens.keys()] })
}

const here = path.dirname(fileURLToPath(import.meta.url))
const loaded = [{ handle: control }]
const state = {
    origin: '',
    faults: faultsFrom(process.argv.slice(2)),
    requests: [], // {method, path, status}: no token, no code
    counts: {}, // by any name
    codes: new Map(), // code → what was asked with it; gone once it is used
    devices: new Map(), // device code → {userCode, …}
    approved: new Set(), // user codes
    tokens: new Map(), // token → {login, id, name, expires}
    refreshTokens: new Map(), // → the same
    person: { login: 'mona', id: 583231, name: 'Mona Lisa' },
}

if (state.faults.seedToken) state.tokens.set(state.faults.seedToken, { ...state.person, expires: Infinity })

const server = http.createServer(async (request, response) => {
    const record = { method: request.method, path: request.url.split('?')[0], status: 0 }
    if (record.path !== '/_control') state.requests.push(record)
    response.on('finish', () => { record.status = response.statusCode })
    try {
        request.body = await bodyOf(request)
        request.url = new URL(request.url, state.origin)
        for (const module of loaded) {
            if (await module.handle(request, response, state)) return
        }
        answerJson(response, 404, { message: 'Not Found' })
    } catch (error) {
        process.stderr.write(`fake_github: ${error.stack}\n`)
        if (!response.headersSent) answerJson(response, 500, { message: String(error.message) })
        else response.destroy()
    }
})

for (const name of modules) {
    const file = path.join(here, name)
    if (fs.existsSync(file)) loaded.push(await import(pathToFileURL(file)))
}
// Where logs are kept: another host, which must never see a token. What it was sent is counted.
const elsewhere = http.createServer((request, response) => {
    if (request.headers.authorization || request.headers.cookie) state.counts.leaked = (state.counts.leaked ?? 0) + 1
    const id = Number(/^\/log\/(\d+)/.exec(request.url)?.[1])
    const run = state.world?.pulls.flatMap((pull) => checkRuns(pull)).find((each) => each.id === id)
    response.writeHead(run?.log ? 200 : 404, { 'content-type': 'text/plain' })
    response.end(run?.log ?? '')
})
await new Promise((done) => elsewhere.listen(0, '127.0.0.1', done))
state.elsewhere = `http://127.0.0.1:${elsewhere.address().port}`
server.listen(0, '127.0.0.1', () => {
    state.origin = `http://127.0.0.1:${server.address().port}`
    process.stdout.write(JSON.stringify({ origin: state.origin }) + '\n')
})
process.stdin.resume()
process.stdin.on('end', () => process.exit(0))
