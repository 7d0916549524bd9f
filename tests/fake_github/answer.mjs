// A whole answer of JSON; true, for what `handle` gives back.
export function answerJson(response, status, value, headers = {}) {
    const body = Buffer.from(JSON.stringify(value))
    response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', 'content-length': body.length, ...headers })
    response.end(body)
    return true
}
