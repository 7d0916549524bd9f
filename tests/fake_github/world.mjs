// What the fake GitHub knows: organisations, repositories and pull requests, made by number. The same flags make the
// same world. Faults: repositories, pullRequests (how many), organisation (its login), forks (every n-th is from one).
import crypto from 'node:crypto'

const sha = (text) => crypto.createHash('sha1').update(text).digest('hex')
const padded = (number) => String(number).padStart(3, '0')
const checkStates = ['SUCCESS', 'SUCCESS', 'FAILURE', null]
const decisions = [null, 'REVIEW_REQUIRED', 'APPROVED', 'CHANGES_REQUESTED']
const began = Date.parse('2026-01-01T00:00:00Z')
const time = (minutes) => new Date(began + minutes * 60000).toISOString().replace('.000Z', 'Z')

function makeRepository(world, number) {
    const owner = number % 10 === 9 ? world.login : world.organisation
    const name = `repo-${padded(number)}`
    return {
        __typename: 'Repository', number, id: `R_${number}`, name, owner, nameWithOwner: `${owner}/${name}`,
        description: `Repository number ${number}`, url: `https://github.com/${owner}/${name}`, isPrivate: number % 3 === 0,
        isArchived: false, isFork: false, viewerPermission: 'WRITE', diskUsage: 100 + number, pushedAt: time(number),
        defaultBranchRef: { __typename: 'Ref', name: 'main' },
        pullRequests: (args) => connection(world.of(number).filter((pull) => args.states?.includes(pull.state) ?? true), args),
        pullRequest: ({ number: wanted }) => world.of(number).find((pull) => pull.number === wanted) ?? null,
    }
}

function makePull(world, index) {
    const repository = world.repositories[index % world.repositories.length]
    const author = `dev-${index % 17}`
    const fork = world.forks > 0 && index % world.forks === 0
    return {
        __typename: 'PullRequest', index, id: `PR_${index}`, databaseId: 100000 + index, number: Math.floor(index / world.repositories.length) + 1,
        title: `Change number ${index}`, state: 'OPEN', isDraft: index % 5 === 0, createdAt: time(index), updatedAt: time(index + 30),
        additions: index % 90, deletions: index % 40, changedFiles: 1 + (index % 7), author: { __typename: 'User', login: author },
        repository, headRepository: fork ? { __typename: 'Repository', nameWithOwner: `${author}/${repository.name}`, viewerPermission: 'READ' } : repository,
        maintainerCanModify: fork && index % 2 === 0,
        baseRefName: 'main', headRefName: `change-${index}`, headRefOid: sha(`head ${index}`), mergeable: 'MERGEABLE',
        reviewDecision: decisions[index % 4], checks: checkStates[index % 4],
        labels: { nodes: index % 3 === 0 ? [{ name: 'bug', color: 'd73a4a' }] : [] },
        get url() { return `${this.repository.url}/pull/${this.number}` },
        get statusCheckRollup() { return this.checks ? { state: this.checks } : null },
    }
}

export function connection(list, { first = 30, after = null }) {
    const from = after ? Number(Buffer.from(after, 'base64').toString().split(':')[1]) : 0
    const to = Math.min(from + first, list.length)
    return {
        totalCount: list.length, issueCount: list.length, nodes: list.slice(from, to),
        pageInfo: { hasNextPage: to < list.length, endCursor: Buffer.from(`cursor:${to}`).toString('base64') },
    }
}

export function makeWorld(faults, login) {
    const world = { login, organisation: faults.organisation ?? 'acme', forks: faults.forks ?? 7, repositories: [], pulls: [] }
    for (let i = 0; i < (faults.repositories ?? 4); ++i) world.repositories.push(makeRepository(world, i))
    for (let i = 0; i < (faults.pullRequests ?? 6); ++i) world.pulls.push(makePull(world, i))
    world.of = (number) => world.pulls.filter((pull) => pull.repository.number === number)
    world.byId = (id) => world.pulls.find((pull) => pull.id === id) ?? world.repositories.find((each) => each.id === id)
    return world
}

// {"change": {"PR_3": {"state": "MERGED"}}, "remove": ["PR_4"], "add": 2}: what somebody does at the forge meanwhile.
export function changeWorld(world, wish) {
    for (const [id, fields] of Object.entries(wish.change ?? {})) Object.assign(world.byId(id), fields)
    world.pulls = world.pulls.filter((pull) => !(wish.remove ?? []).includes(pull.id))
    for (let i = 0; i < (wish.add ?? 0); ++i) world.pulls.push(makePull(world, world.pulls.length))
}

// What GitHub's search understands of it; it answers a thousand at most, whatever it counts.
export function search(world, { query, first, after }) {
    const words = query.split(' ')
    const all = (name) => words.filter((word) => word.startsWith(`${name}:`)).map((word) => word.slice(name.length + 1))
    const since = all('updated').map((word) => Date.parse(word.replace('>=', '')))[0] ?? 0
    let found = world.pulls.filter((pull) => (!words.includes('is:open') || pull.state === 'OPEN')
        && (all('user').length === 0 || all('user').includes(pull.repository.owner)) && Date.parse(pull.updatedAt) >= since)
    const by = words.includes('sort:updated-desc') ? 'updatedAt' : 'createdAt'
    found = [...found].sort((a, b) => Date.parse(b[by]) - Date.parse(a[by]))
    const page = connection(found.slice(0, 1000), { first, after })
    page.issueCount = found.length
    return page
}
