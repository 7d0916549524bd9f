// What a query costs of the hour's 5,000 points, by GitHub's own rule: the requests that would fill every connection of
// the query once, each full to its limit, divided by a hundred, at least one.
// https://docs.github.com/graphql/overview/rate-limits-and-query-limits-for-the-graphql-api
export function pointsOf(graphql, schema, document, variables = {}) {
    const fragments = new Map()
    for (const each of document.definitions) {
        if (each.kind === 'FragmentDefinition') fragments.set(each.name.value, each)
    }
    let requests = 0
    const valueOf = (field, names) => {
        const given = field.arguments.find((each) => names.includes(each.name.value))?.value
        return given && (given.kind === 'Variable' ? variables[given.name.value] : graphql.valueFromASTUntyped(given, variables))
    }
    const walk = (selections, type, parents) => {
        for (const selection of selections.selections) {
            if (selection.kind === 'FragmentSpread') {
                const fragment = fragments.get(selection.name.value)
                walk(fragment.selectionSet, schema.getType(fragment.typeCondition.name.value), parents)
                continue
            }
            if (selection.kind === 'InlineFragment') {
                walk(selection.selectionSet, selection.typeCondition ? schema.getType(selection.typeCondition.name.value) : type, parents)
                continue
            }
            const field = type.getFields?.()[selection.name.value]
            if (!field || !selection.selectionSet) continue // __typename, a scalar
            const named = graphql.getNamedType(field.type)
            let inside = parents
            if (named.name.endsWith('Connection')) {
                requests += parents
                inside = parents * Number(valueOf(selection, ['first', 'last']) ?? 0)
            } else if (selection.name.value === 'nodes' && type === schema.getQueryType()) {
                inside = parents * (valueOf(selection, ['ids'])?.length ?? 0)
            }
            walk(selection.selectionSet, named, inside)
        }
    }
    for (const each of document.definitions) {
        if (each.kind === 'OperationDefinition' && each.operation === 'query') walk(each.selectionSet, schema.getQueryType(), 1)
    }
    return Math.max(1, Math.round(requests / 100))
}
