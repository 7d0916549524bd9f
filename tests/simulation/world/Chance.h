// The only source of chance of a simulated run: one seed, one sequence, on every machine (SplitMix64).
#pragma once

#include <QtGlobal>

#include <vector>

namespace foundry::simulation {

class Chance {
public:
    explicit Chance(quint64 seed)
        : m_state(seed)
    {
    }
    quint64 next()
    {
        quint64 z = (m_state += 0x9e3779b97f4a7c15ULL);
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
        z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
        return z ^ (z >> 31);
    }
    // 0 <= x < n
    int below(int n) { return int(next() % quint64(n)); }
    int between(int first, int last) { return first + below(last - first + 1); }
    bool oneIn(int n) { return below(n) == 0; }
    template <class T> const T &pick(const std::vector<T> &from) { return from[size_t(below(int(from.size())))]; }
    // The index of one of these, each as likely as its weight says.
    size_t weighted(const std::vector<int> &weights)
    {
        int sum = 0;
        for (const int weight : weights)
            sum += weight;
        int at = below(sum);
        size_t i = 0;
        while (at >= weights[i])
            at -= weights[i++];
        return i;
    }

private:
    quint64 m_state;
};

} // namespace foundry::simulation
