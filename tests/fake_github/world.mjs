// What the fake GitHub knows: organisations, repositories, pull requests and issues, made by number. The same flags make
// the same world. Faults: repositories, pullRequests, issues (how many), organisation (its login), others (logins of further ones, empty), forks (every n-th is from one),
// shop (a repository acme/shop whose pull requests are made through its interface, its git at this path), shopFork
// (mona/shop, forked from it, its git at this path). A repository is
// changed to hasIssuesEnabled false, to `saml` (protected by its organisation) or to `vanished`.
import crypto from 'node:crypto'
import { execFileSync } from 'node:child_process'

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
        isArchived: false, isFork: false, parent: null, viewerPermission: 'WRITE', diskUsage: 100 + number, pushedAt: time(number),
        defaultBranchRef: { __typename: 'Ref', name: 'main' }, mergeCommitAllowed: true, squashMergeAllowed: true,
        rebaseMergeAllowed: true, deleteBranchOnMerge: false, viewerDefaultMergeMethod: 'SQUASH',
        pullRequests: (args) => connection(world.of(number).filter((pull) => args.states?.includes(pull.state) ?? true), args),
        hasIssuesEnabled: true,
        issues: (args) => connection(issuesOf(world, number, args), args),
        pullRequest: ({ number: wanted }) => world.of(number).find((pull) => pull.number === wanted) ?? null,
    }
}

// Numbered from 100 on: GitHub has one row of numbers for both.
function makeIssue(world, index) {
    const repository = world.repositories[index % world.repositories.length]
    const said = (author, body) => ({ author: { __typename: 'User', login: author }, body, createdAt: time(index + 5) })
    return {
        __typename: 'Issue', id: `I_${index}`, number: 100 + Math.floor(index / world.repositories.length), repository,
        title: `Trouble number ${index}`, state: 'OPEN', createdAt: time(index), updatedAt: time(index + 20), body: `What is wrong in ${index}.`,
        author: { __typename: 'User', login: `dev-${index % 17}` }, remarks: index % 2 ? [said('dev-1', `I see it too, ${index}.`)] : [],
        labels: { nodes: index % 3 === 0 ? [{ name: 'bug', color: 'd73a4a' }] : [] },
        comments({ last }) { return { totalCount: this.remarks.length, nodes: this.remarks.slice(-(last ?? 30)) } },
        get url() { return `${this.repository.url}/issues/${this.number}` },
    }
}
function issuesOf(world, number, { states, filterBy }) {
    const repository = world.repositories.find((each) => each.number === number)
    if (!repository.hasIssuesEnabled) return []
    return world.issues
        .filter((issue) => issue.repository === repository && (states?.includes(issue.state) ?? true)
            && (!filterBy?.since || Date.parse(issue.updatedAt) >= Date.parse(filterBy.since)))
        .sort((a, b) => Date.parse(b.updatedAt) - Date.parse(a.updatedAt))
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
        body: '', isCrossRepository: fork, viewerCanEnableAutoMerge: false, autoMergeRequest: null,
        reviewRequests: { nodes: [] }, reviews: counted([]), comments: counted([]), reviewThreads: counted([]), runs: null,
        get mergeStateStatus() { return this.isDraft ? 'DRAFT' : this.mergeable === 'CONFLICTING' ? 'DIRTY' : this.checks === 'FAILURE' ? 'UNSTABLE' : 'CLEAN' },
        get commits() {
            const nodes = checkRuns(this).map(runNode)
            const rollup = nodes.length ? { state: this.checks, contexts: { totalCount: nodes.length, nodes } } : null
            return { nodes: [{ commit: { statusCheckRollup: rollup } }] }
        },
        get statusCheckRollup() { return this.checks ? { state: this.checks } : null },
    }
}

const counted = (nodes) => ({ totalCount: nodes.length, nodes })
const conclusions = { SUCCESS: 'success', FAILURE: 'failure', ERROR: 'failure' }

// As REST has them; `runs` of a pull request names them one by one: {name, conclusion, log, summary}.
export function checkRuns(pull) {
    if (!pull?.checks) return []
    const done = pull.checks in conclusions
    const runs = pull.runs ?? [{ name: 'build' }]
    return runs.map((run, i) => ({
        id: pull.databaseId * 10 + i, name: run.name, status: done ? 'completed' : 'in_progress',
        conclusion: done ? run.conclusion ?? conclusions[pull.checks] : null, log: run.log, summary: run.summary,
    }))
}
const runNode = (run) => ({
    __typename: 'CheckRun', databaseId: run.id, name: run.name, status: run.status.toUpperCase(), conclusion: run.conclusion?.toUpperCase() ?? null,
    title: run.summary ?? null, summary: null, detailsUrl: `https://github.com/acme/shop/actions/runs/1/job/${run.id}`, isRequired: true,
    checkSuite: { app: { slug: 'github-actions' }, workflowRun: { workflow: { name: 'CI' } } },
})

// ---- a repository with git behind it ----------------------------------------------------------------

const git = (repository, ...words) => execFileSync('git', ['-C', repository.git, ...words], { encoding: 'utf8' }).trim()
export function headOf(repository, branch) {
    try {
        return git(repository, 'rev-parse', '--verify', '--quiet', `refs/heads/${branch}`)
    } catch {
        return null
    }
}
// What a push does to the pull requests of its branch.
export function followPushes(world) {
    for (const pull of world.pulls) {
        if (!pull.headRepository?.git || pull.state !== 'OPEN') continue
        const head = headOf(pull.headRepository, pull.headRefName)
        if (head && head !== pull.headRefOid) Object.assign(pull, { headRefOid: head, checks: 'PENDING', updatedAt: now() })
    }
}
const now = () => new Date().toISOString().replace(/\.\d+Z/, 'Z')

// GitHub's own refusals: [status, body]; else the pull request.
export function openPull(world, repository, wish) {
    const refused = (message) => [422, { message: 'Validation Failed', errors: [{ resource: 'PullRequest', code: 'custom', message }] }]
    const [owner, branch] = wish.head.includes(':') ? wish.head.split(':') : [repository.owner, wish.head]
    const from = owner === repository.owner ? repository : world.repositories.find((each) => each.owner === owner && each.parent === repository)
    if (!from) return refused(`Head user ${owner} has no fork of ${repository.nameWithOwner}`)
    const head = from.git ? headOf(from, branch) : sha(branch)
    if (!head) return refused(`Head sha can't be blank, Head ref must be a branch`)
    if (world.of(repository.number).some((pull) => pull.state === 'OPEN' && pull.headRefName === branch && pull.headRepository === from))
        return refused(`A pull request already exists for ${owner}:${branch}.`)
    if (repository.git && headOf(repository, wish.base) === head) return refused(`No commits between ${wish.base} and ${branch}`)
    const pull = makePull(world, 5000 + world.made++)
    Object.defineProperties(pull, { labels: { value: { nodes: [] }, writable: true } })
    Object.assign(pull, {
        number: Math.max(0, ...world.of(repository.number).map((each) => each.number)) + 1, title: wish.title, body: wish.body ?? '', isDraft: wish.draft ?? false,
        repository, headRepository: from, isCrossRepository: from !== repository, headRefName: branch, headRefOid: head, baseRefName: wish.base, createdAt: now(),
        updatedAt: now(), author: { __typename: 'User', login: world.login }, reviewDecision: null, checks: null, state: 'OPEN',
    })
    world.pulls.push(pull)
    return pull
}

// The answer to a merge: [status, body].
export function mergePull(world, pull, wish, refusal) {
    if (refusal) return refusal
    if (pull.state !== 'OPEN') return [405, { message: 'Pull Request is not mergeable' }]
    if (wish.sha && wish.sha !== pull.headRefOid) return [409, { message: 'Head branch was modified. Review and try the merge again.' }]
    if (pull.isDraft || pull.mergeable === 'CONFLICTING') return [405, { message: 'Pull Request is not mergeable' }]
    if (pull.repository.git) git(pull.repository, 'update-ref', `refs/heads/${pull.baseRefName}`, pull.headRefOid)
    Object.assign(pull, { state: 'MERGED', updatedAt: now(), mergedWith: wish.merge_method })
    return [200, { sha: pull.headRefOid, merged: true, message: 'Pull Request successfully merged' }]
}
export function deleteBranch(repository, branch) {
    if (!repository.git) return [204, null]
    if (!headOf(repository, branch)) return [422, { message: 'Reference does not exist' }]
    git(repository, 'update-ref', '-d', `refs/heads/${branch}`)
    return [204, null]
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
    const world = { login, organisation: faults.organisation ?? 'acme', forks: faults.forks ?? 7, repositories: [], pulls: [], issues: [], made: 0, others: faults.others ?? [], teams: ['core', 'docs'], labels: ['bug', 'good first issue'] }
    world.people = [login, ...Array.from({ length: 120 }, (_, i) => `dev-${i}`)]
    for (let i = 0; i < (faults.repositories ?? 4); ++i) world.repositories.push(makeRepository(world, i))
    if (faults.shop) {
        const shop = makeRepository(world, world.repositories.length)
        Object.assign(shop, { name: 'shop', owner: world.organisation, nameWithOwner: `${world.organisation}/shop`, url: `https://github.com/${world.organisation}/shop` })
        world.shop = Object.assign(shop, faults.shop === true ? {} : { git: faults.shop })
    }
    if (faults.shopFork) {
        const fork = makeRepository(world, world.repositories.length + 1)
        world.shopFork = Object.assign(fork, { name: 'shop', owner: login, nameWithOwner: `${login}/shop`, url: `https://github.com/${login}/shop`, isFork: true, parent: world.shop, ...(faults.shopFork === true ? {} : { git: faults.shopFork }) })
    }
    for (let i = 0; i < (faults.pullRequests ?? 6); ++i) world.pulls.push(makePull(world, i))
    for (let i = 0; i < (faults.issues ?? 0); ++i) world.issues.push(makeIssue(world, i))
    if (world.shop) world.repositories.push(world.shop)
    if (world.shopFork) world.repositories.push(world.shopFork)
    world.of = (number) => world.pulls.filter((pull) => pull.repository.number === number)
    world.newestIssues = (repository, count) => issuesOf(world, repository.number, {}).slice(0, count)
    world.byId = (id) => world.pulls.find((pull) => pull.id === id) ?? world.issues.find((each) => each.id === id) ?? world.repositories.find((each) => each.id === id)
    return world
}

// {"change": {"PR_3": {"state": "MERGED"}}, "remove": ["PR_4"], "add": 2}: what somebody does at the forge meanwhile.
export function changeWorld(world, wish) {
    for (const [id, fields] of Object.entries(wish.change ?? {})) Object.assign(world.byId(id), fields)
    world.pulls = world.pulls.filter((pull) => !(wish.remove ?? []).includes(pull.id))
    world.issues = world.issues.filter((issue) => !(wish.remove ?? []).includes(issue.id))
    for (let i = 0; i < (wish.add ?? 0); ++i) world.pulls.push(makePull(world, world.pulls.length))
}

// What GitHub's search understands of it; it answers a thousand at most, whatever it counts.
export function search(world, { query, first, after }) {
    const words = query.split(' ')
    const all = (name) => words.filter((word) => word.startsWith(`${name}:`)).map((word) => word.slice(name.length + 1))
    const since = all('updated').map((word) => Date.parse(word.replace('>=', '')))[0] ?? 0
    let found = world.pulls.filter((pull) => (!words.includes('is:open') || pull.state === 'OPEN')
        && (all('user').length === 0 || all('user').includes(pull.repository.owner)) && Date.parse(pull.updatedAt) >= since)
    const reviewers = (pull) => pull.reviewRequests.nodes.map((node) => node.requestedReviewer?.login)
    if (words.includes('review-requested:@me')) found = found.filter((pull) => reviewers(pull).includes(world.login))
    const by = words.includes('sort:updated-desc') ? 'updatedAt' : 'createdAt'
    found = [...found].sort((a, b) => Date.parse(b[by]) - Date.parse(a[by]))
    const page = connection(found.slice(0, 1000), { first, after })
    page.issueCount = found.length
    return page
}
