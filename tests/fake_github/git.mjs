// Git over HTTP, for whoever has a token: Basic x-access-token:TOKEN in front of git http-backend, as GitHub has it.
//
// Faults: gitRoot (the folder with OWNER/NAME.git; without it nothing is served), gitHold (a POST
// with these words waits until they are others), gitReadOnly (403 to every push).
import { spawn, execFileSync } from 'node:child_process'
import path from 'node:path'

const count = (state, name) => (state.counts[name] = (state.counts[name] ?? 0) + 1)
let execPath = ''

// What is known of the token that git sent; null: it is refused.
function known(request, state) {
    const given = /^Basic (.+)$/.exec(request.headers.authorization ?? '')
    const [user, token] = given ? Buffer.from(given[1], 'base64').toString().split(':') : []
    const found = user === 'x-access-token' ? state.tokens.get(token) : null
    return found && found.expires > Date.now() ? found : null
}

function refuse(response, status, text, headers = {}) {
    response.writeHead(status, { 'content-type': 'text/plain', ...headers })
    response.end(text)
    return true
}

async function held(state, body) {
    while (state.faults.gitHold && body.includes(state.faults.gitHold)) await new Promise((done) => setTimeout(done, 50))
}

function answer(request, response, backend) {
    let head = Buffer.alloc(0)
    let begun = false
    backend.stdout.on('data', (bytes) => {
        if (begun) return response.write(bytes)
        head = Buffer.concat([head, bytes])
        const end = head.indexOf('\r\n\r\n')
        if (end < 0) return undefined
        begun = true
        const headers = {}
        for (const line of head.subarray(0, end).toString().split('\r\n')) {
            const [name, ...value] = line.split(': ')
            headers[name.toLowerCase()] = value.join(': ')
        }
        const status = Number.parseInt(headers.status ?? '200', 10)
        delete headers.status
        response.writeHead(status, headers)
        return response.write(head.subarray(end + 4))
    })
    return new Promise((done) => {
        backend.on('close', () => {
            if (!begun) response.writeHead(500)
            response.end()
            done(true)
        })
        response.on('close', () => backend.kill())
    })
}

export async function handle(request, response, state) {
    const found = /^\/([^/]+\/[^/]+\.git)\/(info\/refs|git-upload-pack|git-receive-pack)$/.exec(request.url.pathname)
    if (!found || !state.faults.gitRoot) return false
    const who = known(request, state)
    if (!who) return refuse(response, 401, 'Authentication required', { 'www-authenticate': 'Basic realm="GitHub"' })
    const service = request.url.searchParams.get('service') ?? found[2]
    if (service === 'git-receive-pack' && state.faults.gitReadOnly)
        return refuse(response, 403, `Permission to ${found[1]} denied to ${who.login}.`)
    if (request.method === 'POST') {
        count(state, 'gitPosts')
        const body = request.body.toString('latin1')
        ;(state.gitAsked ??= []).push(body.slice(0, 4096))
        await held(state, body)
        if (response.destroyed) return true
    }
    execPath ||= execFileSync('git', ['--exec-path']).toString().trim()
    const backend = spawn(path.join(execPath, 'git-http-backend'), [], {
        env: {
            PATH: process.env.PATH, GIT_PROJECT_ROOT: state.faults.gitRoot, GIT_HTTP_EXPORT_ALL: '1', REMOTE_USER: who.login,
            REQUEST_METHOD: request.method, PATH_INFO: request.url.pathname, QUERY_STRING: request.url.search.slice(1),
            CONTENT_TYPE: request.headers['content-type'] ?? '', CONTENT_LENGTH: String(request.body.length),
            HTTP_CONTENT_ENCODING: request.headers['content-encoding'] ?? '', GIT_PROTOCOL: request.headers['git-protocol'] ?? '',
        },
        stdio: ['pipe', 'pipe', 'inherit'],
    })
    backend.stdin.on('error', () => {}) // it may end before it has read all
    backend.stdin.end(request.body)
    return answer(request, response, backend)
}
