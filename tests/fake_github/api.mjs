// GitHub's REST and GraphQL interfaces over the world of world.mjs. Every request is checked against GitHub's own
// OpenAPI description and every query against its schema (npm, in FOUNDRY_NPM_DIR): what breaks them gets 422.
//
// Faults: seedToken (a token that is known from the start), limited (so many answers of 403 with Retry-After), secondary
// (so many of 403 without it), graphqlLimited (so many limits inside a 200), quota (what is left of 5,000), down (so many
// answers of 502), refused (401 to everything), delay (milliseconds before each answer), writeDrops (so many writes are
// done, and their answer never comes), writeDelay (milliseconds between a write and its answer), mergeRefused ([status,
// message]), reviewersRefused (a message), app (an app's sign-in: where it is installed), membersRefused, assigneesRefused (messages).
// POST /_world changes the world (world.mjs) and answers how many requests there were and which pull requests were opened.
import crypto from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'
import { createRequire } from 'node:module'
import { answerJson } from './answer.mjs'
import { bearer } from './oauth.mjs'
import { pointsOf } from './points.mjs'
import { changeWorld, checkRuns, connection, deleteBranch, followPushes, makeWorld, mergePull, openPull, search } from './world.mjs'

const npm = process.env.FOUNDRY_NPM_DIR
const require = npm ? createRequire(path.join(npm, 'index.js')) : null
let describing = null // GitHub's own description and schema, loaded once

async function load() {
    const { OpenAPIBackend } = require('openapi-backend')
    const graphql = require('graphql')
    const definition = JSON.parse(fs.readFileSync(path.join(npm, 'node_modules/@octokit/openapi/generated/api.github.com.json'), 'utf8'))
    const formats = { 'repo.nwo': true, 'date-time': true, date: true, uri: true, email: true }
    const rest = new OpenAPIBackend({ definition, quick: true, strict: false, validate: true, ajvOpts: { strict: false, formats } })
    await rest.init()
    const text = fs.readFileSync(path.join(npm, 'node_modules/@octokit/graphql-schema/schema.graphql'), 'utf8')
    return { rest, graphql, schema: graphql.buildSchema(text, { assumeValidSDL: true }) }
}
const describe = () => (describing ??= load())
if (npm) await describe() // before the address is told: the first request waits for nothing

const countDown = (state, name) => state.faults[name] > 0 && state.faults[name]-- > 0
const count = (state, name, by = 1) => { state.counts[name] = (state.counts[name] ?? 0) + by }

function limitHeaders(state, resource) {
    const used = state.counts[`${resource}Counted`] ?? 0
    const left = Math.max(0, (state.faults.quota ?? 5000) - used)
    return {
        'x-ratelimit-limit': '5000', 'x-ratelimit-remaining': String(left), 'x-ratelimit-used': String(used),
        'x-ratelimit-resource': resource, 'x-ratelimit-reset': String(Math.floor(Date.now() / 1000) + 3600),
    }
}

// true: a fault has answered.
function faulty(response, state, resource) {
    if (countDown(state, 'down')) return answerJson(response, 502, { message: 'Server Error' })
    if (countDown(state, 'limited')) return answerJson(response, 403, { message: 'API rate limit exceeded for user.' }, { ...limitHeaders(state, resource), 'retry-after': '30' })
    if (countDown(state, 'secondary')) return answerJson(response, 403, { message: 'You have exceeded a secondary rate limit.' }, limitHeaders(state, resource))
    return false
}

// ---- GraphQL --------------------------------------------------------------------------------------

class Unknown extends Error {
    constructor(id) {
        super(`Could not resolve to a node with the global id of '${id}'`)
        this.type = 'NOT_FOUND'
    }
}

class Protected extends Error {
    constructor() {
        super('Resource protected by organization SAML enforcement. You must grant your OAuth token access to this organization.')
        this.type = 'FORBIDDEN'
    }
}

const root = (world) => ({
    viewer: () => ({
        __typename: 'User', login: world.login,
        organizations: (args) => connection([world.organisation, ...world.others].map((login) => ({ __typename: 'Organization', login })), args),
        repositories: (args) => connection([...world.repositories].sort((a, b) => Date.parse(b.pushedAt) - Date.parse(a.pushedAt)), args),
    }),
    repository: ({ owner, name }) => {
        const found = world.repositories.find((each) => each.nameWithOwner === `${owner}/${name}`)
        return found?.saml ? new Protected() : found && !found.vanished ? found : new Unknown(`${owner}/${name}`)
    },
    search: (args) => search(world, args),
    node: ({ id }) => world.byId(id) ?? new Unknown(id),
    enablePullRequestAutoMerge: ({ input }) => {
        const pull = world.byId(input.pullRequestId)
        if (input.expectedHeadOid !== pull.headRefOid) throw new Error('Head branch was modified. Review and try the merge again.')
        pull.autoMergeRequest = { enabledAt: '2026-06-01T00:00:00Z' }
        return { pullRequest: pull }
    },
    markPullRequestReadyForReview: ({ input }) => {
        const pull = world.byId(input.pullRequestId)
        pull.isDraft = false
        return { pullRequest: pull }
    },
    nodes: ({ ids }) => {
        if (ids.length > 100) throw new Error('You may not provide more than 100 node ids')
        return ids.map((id) => world.byId(id) ?? new Unknown(id))
    },
})

async function query(request, response, state) {
    const { graphql, schema } = await describe()
    const wish = JSON.parse(request.body)
    const headers = limitHeaders(state, 'graphql')
    if (countDown(state, 'graphqlLimited'))
        return answerJson(response, 200, { errors: [{ type: 'RATE_LIMITED', message: 'API rate limit exceeded for user ID 1.' }] }, { ...headers, 'retry-after': '20' })
    const document = graphql.parse(wish.query)
    const wrong = graphql.validate(schema, document)
    if (wrong.length) {
        count(state, 'invalid')
        process.stderr.write(`fake_github: ${wrong.map((each) => each.message).join('; ')}\n`)
        return answerJson(response, 422, { message: wrong[0].message })
    }
    count(state, 'graphqlCounted')
    followPushes(state.world)
    count(state, 'graphqlPoints', pointsOf(graphql, schema, document, wish.variables))
    const result = await graphql.execute({ schema, document, rootValue: root(state.world), variableValues: wish.variables })
    const errors = result.errors?.map((each) => ({ type: each.originalError?.type ?? 'INTERNAL', path: each.path, message: each.message }))
    return answerJson(response, 200, { data: result.data, ...(errors ? { errors } : {}) }, headers)
}

// ---- REST -----------------------------------------------------------------------------------------

const restPull = (pull) => ({
    id: pull.databaseId, node_id: pull.id, number: pull.number, state: pull.state === 'OPEN' ? 'open' : 'closed', title: pull.title,
    draft: pull.isDraft, html_url: pull.url, created_at: pull.createdAt, updated_at: pull.updatedAt, merged: pull.state === 'MERGED',
    mergeable: pull.mergeable === 'MERGEABLE', labels: pull.labels.nodes, user: { login: pull.author.login },
    head: { ref: pull.headRefName, label: `${pull.headRepository?.owner}:${pull.headRefName}`, sha: pull.headRefOid }, base: { ref: pull.baseRefName, repo: { full_name: pull.repository.nameWithOwner } },
})

// `app`: by owner, what the app of the sign-in sees there ("all", "selected", "suspended").
const installation = ([login, sees], i) => ({
    id: i + 1, app_id: 1, app_slug: 'foundry-workbench', target_id: i + 1, target_type: login === 'mona' ? 'User' : 'Organization',
    account: { login, id: i + 1 }, repository_selection: sees === 'all' ? 'all' : 'selected', permissions: {}, events: [],
    html_url: `https://github.com/settings/installations/${i + 1}`, suspended_at: sees === 'suspended' ? '2026-01-01T00:00:00Z' : null,
})

const restIssue = (issue) => ({
    id: issue.number, node_id: issue.id, number: issue.number, state: issue.state.toLowerCase(), title: issue.title, html_url: issue.url,
    updated_at: issue.updatedAt, user: { login: issue.author.login },
})

function restAnswer(world, place, query) {
    const [, owner, name, rest] = /^\/repos\/([^/]+)\/([^/]+)(\/.*)?$/.exec(place) ?? []
    if (place === '/user/repos') return world.repositories.map((each) => ({ node_id: each.id, full_name: each.nameWithOwner }))
    const [, organisation, who] = /^\/orgs\/([^/]+)\/(members|teams)$/.exec(place) ?? []
    if (organisation && organisation !== world.organisation) return world.others.includes(organisation) ? [] : null
    if (who) return who === 'members' ? world.people.map((login) => ({ login })) : world.teams.map((slug) => ({ slug, name: slug }))
    const repository = world.repositories.find((each) => each.owner === owner && each.name === name)
    if (!repository) return null
    if (!rest) return { node_id: repository.id, full_name: repository.nameWithOwner }
    const pulls = world.of(repository.number)
    if (rest === '/issues') return world.newestIssues(repository, Number(query.per_page)).map(restIssue)
    if (rest === '/pulls') return pulls.filter((pull) => pull.state === 'OPEN' && (!query.head || query.head === `${pull.headRepository.owner}:${pull.headRefName}`)).map(restPull)
    if (rest === '/assignees') return world.people.map((login) => ({ login }))
    if (rest === '/labels') return world.labels.map((name) => ({ name, color: 'd73a4a' }))
    const numbered = /^\/pulls\/(\d+)(\/reviews)?$/.exec(rest)
    if (numbered) {
        const pull = pulls.find((each) => each.number === Number(numbered[1]))
        if (!pull) return null
        return numbered[2] ? [] : restPull(pull)
    }
    const commit = /^\/commits\/([0-9a-f]{40})\/(check-runs|status)$/.exec(rest)
    if (!commit) return null
    const runs = checkRuns(pulls.find((each) => each.headRefOid === commit[1]))
    return commit[2] === 'status' ? { state: 'success', statuses: [], total_count: 0, sha: commit[1] } : { total_count: runs.length, check_runs: runs }
}

// A write: [status, body], or nothing that is known here.
function write(state, asked) {
    const { world, faults } = state
    const [, owner, name, rest] = /^\/repos\/([^/]+)\/([^/]+)(\/.*)$/.exec(asked.path) ?? []
    const repository = world.repositories.find((each) => each.owner === owner && each.name === name)
    if (!repository) return [404, { message: 'Not Found' }]
    if (asked.method === 'POST' && rest === '/pulls') {
        const made = openPull(world, repository, asked.body)
        if (!Array.isArray(made)) count(state, 'opened')
        return Array.isArray(made) ? made : [201, restPull(made)]
    }
    const branch = /^\/git\/refs\/heads\/(.+)$/.exec(decodeURIComponent(rest))
    if (asked.method === 'DELETE' && branch) return deleteBranch(repository, branch[1])
    const [, number, what] = /^\/(?:pulls|issues)\/(\d+)\/(requested_reviewers|labels|merge)$/.exec(rest) ?? []
    const pull = world.of(repository.number).find((each) => each.number === Number(number))
    if (!pull) return [404, { message: 'Not Found' }]
    if (what === 'merge') return mergePull(world, pull, asked.body, faults.mergeRefused && [faults.mergeRefused[0], { message: faults.mergeRefused[1] }])
    if (what === 'labels') {
        pull.labels = { nodes: asked.body.labels.map((label) => ({ name: label, color: 'd73a4a' })) }
        return [200, pull.labels.nodes]
    }
    if (faults.reviewersRefused) return [422, { message: faults.reviewersRefused }]
    pull.reviewRequests = { nodes: (asked.body.reviewers ?? []).map((login) => ({ requestedReviewer: { __typename: 'User', login } })) }
    return [201, restPull(pull)]
}

async function rest(request, response, state, place) {
    const { rest: description } = await describe()
    const asked = { method: request.method, path: place, query: Object.fromEntries(request.url.searchParams), headers: request.headers, body: request.body.length ? JSON.parse(request.body) : undefined }
    const operation = description.matchOperation(asked)
    const checked = operation ? description.validateRequest(asked, operation) : { valid: false, errors: [{ message: `no operation ${place}` }] }
    if (!checked.valid) {
        count(state, 'invalid')
        process.stderr.write(`fake_github: ${place}: ${JSON.stringify(checked.errors)}\n`)
        return answerJson(response, 422, { message: 'Validation Failed', errors: checked.errors })
    }
    followPushes(state.world)
    if (request.method !== 'GET') {
        count(state, 'writes')
        const [status, body] = write(state, asked)
        if (state.faults.writeDelay) await new Promise((done) => setTimeout(done, state.faults.writeDelay))
        if (countDown(state, 'writeDrops')) return response.destroy() ?? true
        if (status !== 204) return answerJson(response, status, body, limitHeaders(state, 'core'))
        response.writeHead(204, limitHeaders(state, 'core'))
        response.end()
        return true
    }
    const job = /\/actions\/jobs\/(\d+)\/logs$/.exec(place)
    if (job) {
        response.writeHead(302, { location: `${state.elsewhere}/log/${job[1]}?sig=secret`, ...limitHeaders(state, 'core') })
        response.end()
        return true
    }
    if (place === '/user/installations' && !state.faults.app)
        return answerJson(response, 403, { message: 'You must authenticate with an access token authorized to a GitHub App in order to list installations' }, limitHeaders(state, 'core'))
    const refused = place.endsWith('/members') ? state.faults.membersRefused : place.endsWith('/assignees') ? state.faults.assigneesRefused : null
    if (refused) return answerJson(response, 403, { message: refused }, limitHeaders(state, 'core'))
    const installed = Object.entries(state.faults.app ?? {}).map(installation)
    let value = place === '/user/installations' ? { total_count: installed.length, installations: installed } : restAnswer(state.world, place, asked.query)
    if (value === null) return answerJson(response, 404, { message: 'Not Found' }, limitHeaders(state, 'core'))
    const headers = {}
    if (Array.isArray(value)) {
        const size = Number(asked.query.per_page ?? 30)
        const number = Number(asked.query.page ?? 1)
        const next = new URL(request.url)
        next.searchParams.set('page', String(number + 1))
        if (value.length > size * number) headers.link = `<${next.href}>; rel="next"`
        value = value.slice(size * (number - 1), size * number)
    }
    const tag = `W/"${crypto.createHash('sha1').update(JSON.stringify(value)).digest('hex')}"`
    if (request.headers['if-none-match'] === tag) {
        count(state, 'unchanged')
        response.writeHead(304, { etag: tag, ...limitHeaders(state, 'core') })
        response.end()
        return true
    }
    count(state, 'coreCounted')
    return answerJson(response, 200, value, { etag: tag, ...headers, ...limitHeaders(state, 'core') })
}

export async function handle(request, response, state) {
    const isQuery = request.url.pathname === '/api/graphql'
    const place = request.url.pathname.replace(/^\/api\/v3/, '')
    const control = request.url.pathname === '/_world'
    if (!isQuery && !control && !request.url.pathname.startsWith('/api/v3/')) return false
    if (!require) return answerJson(response, 501, { message: 'FOUNDRY_NPM_DIR is not set' })
    if (state.faults.seedToken) state.tokens.set(state.faults.seedToken, { ...state.person, expires: Infinity })
    state.world ??= makeWorld(state.faults, state.person.login)
    if (control) {
        changeWorld(state.world, request.body.length ? JSON.parse(request.body) : {})
        const opened = state.world.pulls.filter((pull) => pull.index >= 5000).map(({ title, body }) => ({ title, body }))
        return answerJson(response, 200, { counts: state.counts, opened })
    }
    if (state.faults.refused || !bearer(request, state)) return answerJson(response, 401, { message: 'Bad credentials' })
    if (state.faults.delay) await new Promise((done) => setTimeout(done, state.faults.delay))
    if (faulty(response, state, isQuery ? 'graphql' : 'core')) return true
    return isQuery ? query(request, response, state) : rest(request, response, state, place)
}
