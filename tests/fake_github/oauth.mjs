// GitHub's side of signing in: the web flow with PKCE, the device flow, renewal, and who a token belongs to.
//
// Faults: redirectError (the error at the redirect), redirectState (another state is sent), exchangeError, exchangeDrops
// (the code is used up and no answer comes), deviceError, deviceStartError, slowDown (so many times), interval (seconds),
// deviceExpires, expiresIn (seconds a token lasts; else for ever), refreshError, refreshDrops, userStatus (of GET /user),
// wantsSecret (the client secret is checked).
import crypto from 'node:crypto'
import { answerJson } from './answer.mjs'

export const clientId = 'Iv23liFoundryTests'
export const clientSecret = 'secret-of-the-tests'

const random = (prefix, bytes = 27) => prefix + crypto.randomBytes(bytes).toString('base64url')
const count = (state, name) => { state.counts[name] = (state.counts[name] ?? 0) + 1 }

function redirect(response, target, parameters) {
    for (const [name, value] of Object.entries(parameters)) target.searchParams.set(name, value)
    response.writeHead(302, { location: target.href })
    response.end()
    return true
}

function authorize(request, response, state) {
    count(state, 'authorize')
    const asked = request.url.searchParams
    const target = new URL(asked.get('redirect_uri'))
    if (asked.get('client_id') !== clientId) return answerJson(response, 404, { message: 'Not Found' })
    const sent = state.faults.redirectState ?? asked.get('state')
    if (target.hostname !== '127.0.0.1' || target.pathname !== '/callback')
        return redirect(response, target, { error: 'redirect_uri_mismatch', state: sent })
    if (asked.get('code_challenge_method') !== 'S256' || asked.get('code_challenge')?.length !== 43 || !(asked.get('state')?.length >= 22))
        return answerJson(response, 400, { message: 'no PKCE or no state' })
    if (state.faults.redirectError)
        return redirect(response, target, { error: state.faults.redirectError, error_description: 'The <b>user</b> & "co" said no', state: sent })
    const code = random('', 15)
    state.codes.set(code, { challenge: asked.get('code_challenge'), redirect: target.href })
    return redirect(response, target, { code, state: sent })
}

function tokensFor(state) {
    count(state, 'issued')
    const token = random('ghu_')
    const lasts = state.faults.expiresIn
    state.tokens.set(token, { ...state.person, expires: lasts ? Date.now() + lasts * 1000 : Infinity })
    const answer = { access_token: token, token_type: 'bearer', scope: 'repo,read:org' }
    if (lasts) {
        answer.expires_in = lasts
        answer.refresh_token = random('ghr_', 57)
        answer.refresh_token_expires_in = 15897600
        state.refreshTokens.set(answer.refresh_token, { ...state.person })
    }
    return answer
}

const oauthError = (response, error) => answerJson(response, 200, { error, error_description: `fake: ${error}`, error_uri: 'https://docs.github.com' })

function exchange(asked, response, state) {
    count(state, 'exchange')
    const given = state.codes.get(asked.get('code'))
    state.codes.delete(asked.get('code'))
    if (state.faults.exchangeDrops) return response.destroy(), true
    if (state.faults.exchangeError) return oauthError(response, state.faults.exchangeError)
    if (state.faults.wantsSecret && asked.get('client_secret') !== clientSecret) return oauthError(response, 'incorrect_client_credentials')
    const challenge = crypto.createHash('sha256').update(asked.get('code_verifier') ?? '').digest('base64url')
    if (!given || given.challenge !== challenge) return oauthError(response, 'bad_verification_code')
    if (asked.get('redirect_uri') !== given.redirect) return oauthError(response, 'redirect_uri_mismatch')
    return answerJson(response, 200, tokensFor(state))
}

function poll(asked, response, state) {
    count(state, 'poll')
    const device = state.devices.get(asked.get('device_code'))
    if (state.faults.deviceError) return oauthError(response, state.faults.deviceError)
    if (!device) return oauthError(response, 'incorrect_device_code')
    if (state.faults.slowDown > 0) {
        state.faults.slowDown -= 1
        return answerJson(response, 200, { error: 'slow_down', error_description: 'fake', interval: 6 })
    }
    if (!state.approved.has(device.userCode) && !state.faults.approveDevices) return oauthError(response, 'authorization_pending')
    state.devices.delete(asked.get('device_code'))
    return answerJson(response, 200, tokensFor(state))
}

function renew(asked, response, state) {
    count(state, 'renew')
    const known = state.refreshTokens.get(asked.get('refresh_token'))
    state.refreshTokens.delete(asked.get('refresh_token'))
    if (state.faults.refreshDrops) return response.destroy(), true
    if (state.faults.refreshError || !known) return oauthError(response, state.faults.refreshError ?? 'bad_refresh_token')
    return answerJson(response, 200, tokensFor(state))
}

function token(request, response, state) {
    if (!(request.headers.accept ?? '').includes('application/json')) return answerJson(response, 406, { message: 'ask for JSON' })
    const asked = new URLSearchParams(request.body.toString())
    if (asked.get('client_id') !== clientId) return oauthError(response, 'incorrect_client_credentials')
    switch (asked.get('grant_type') ?? 'authorization_code') {
    case 'authorization_code': return exchange(asked, response, state)
    case 'urn:ietf:params:oauth:grant-type:device_code': return poll(asked, response, state)
    case 'refresh_token': return renew(asked, response, state)
    default: return oauthError(response, 'unsupported_grant_type')
    }
}

function device(request, response, state) {
    count(state, 'device')
    if (state.faults.deviceStartError) return oauthError(response, state.faults.deviceStartError)
    const code = random('', 20)
    const letters = crypto.randomBytes(8).toString('hex').toUpperCase().slice(0, 8)
    const userCode = `${letters.slice(0, 4)}-${letters.slice(4)}`
    state.devices.set(code, { userCode })
    return answerJson(response, 200, {
        device_code: code, user_code: userCode, verification_uri: `${state.origin}/login/device`,
        expires_in: state.faults.deviceExpires ?? 900, interval: state.faults.interval ?? 5,
    })
}

// What is known of the token that a request carries; null: it is refused.
export function bearer(request, state) {
    const given = /^(?:bearer|token) (.+)$/i.exec(request.headers.authorization ?? '')
    const known = given && state.tokens.get(given[1])
    return known && known.expires > Date.now() ? known : null
}

function user(request, response, state) {
    count(state, 'user')
    if (state.faults.userStatus) return answerJson(response, state.faults.userStatus, { message: 'fake' })
    const known = bearer(request, state)
    if (!known) return answerJson(response, 401, { message: 'Bad credentials', documentation_url: 'https://docs.github.com/rest' })
    return answerJson(response, 200, { login: known.login, id: known.id, name: known.name, type: 'User' })
}

export async function handle(request, response, state) {
    const place = `${request.method} ${request.url.pathname}`
    switch (place) {
    case 'GET /login/oauth/authorize': return authorize(request, response, state)
    case 'POST /login/oauth/access_token': return token(request, response, state)
    case 'POST /login/device/code': return device(request, response, state)
    case 'GET /api/v3/user': return user(request, response, state)
    case 'GET /login/device':
        response.writeHead(200, { 'content-type': 'text/html' })
        response.end('<title>Device activation</title>')
        return true
    default: return false
    }
}
