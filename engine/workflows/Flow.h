// The coroutine of a workflow and of its parts (loop bodies, branches, helper functions). It owns its frame: destroying
// it at any suspension frees everything. It can await only what a WorkflowContext gives and other Flows: everything
// else would not replay, and does not compile. Nothing is awaited as a temporary (GCC 12, facts of the toolchain).
#pragma once

#include <foundry/Failure.h>

#include <coroutine>
#include <exception>
#include <functional>
#include <optional>
#include <utility>

namespace foundry {

template <class T> class Flow;

// What a workflow may await.
template <class A>
concept WorkflowAwaitable = requires { typename std::remove_cvref_t<A>::IsWorkflowAwaitable; };

namespace detail {

struct FlowFinal {
    bool await_ready() noexcept { return false; }
    template <class P> std::coroutine_handle<> await_suspend(std::coroutine_handle<P> handle) noexcept
    {
        auto &promise = handle.promise();
        if (promise.continuation)
            return promise.continuation;
        if (promise.done)
            promise.done(); // must not destroy the frame
        return std::noop_coroutine();
    }
    void await_resume() noexcept { }
};

struct FlowPromiseBase {
    std::coroutine_handle<> continuation;
    std::function<void()> done;
    std::exception_ptr thrown;

    std::suspend_always initial_suspend() noexcept { return {}; }
    FlowFinal final_suspend() noexcept { return {}; }
    void unhandled_exception() { thrown = std::current_exception(); }

    template <WorkflowAwaitable A> auto await_transform(A &awaitable) { return awaitable.awaiter(); }
    template <WorkflowAwaitable A> void await_transform(A &&awaitable) = delete; // name it first
};

} // namespace detail

template <class T> class [[nodiscard]] Flow {
public:
    using IsWorkflowAwaitable = void;
    using Value = T;
    struct promise_type : detail::FlowPromiseBase {
        std::optional<T> value;
        Flow get_return_object() { return Flow(std::coroutine_handle<promise_type>::from_promise(*this)); }
        template <class U> void return_value(U &&result) { value.emplace(std::forward<U>(result)); }
    };
    using Handle = std::coroutine_handle<promise_type>;

    Flow() = default;
    Flow(Flow &&other) noexcept
        : m_handle(std::exchange(other.m_handle, {}))
    {
    }
    Flow &operator=(Flow &&other) noexcept
    {
        if (this != &other) {
            reset();
            m_handle = std::exchange(other.m_handle, {});
        }
        return *this;
    }
    ~Flow() { reset(); }

    void reset()
    {
        if (auto handle = std::exchange(m_handle, {}))
            handle.destroy();
    }
    bool isValid() const { return bool(m_handle); }

    // As a root. `done` is called at its end and must not destroy it. take() gives the result.
    void start(std::function<void()> done)
    {
        m_handle.promise().done = std::move(done);
        m_handle.resume();
    }
    // After the end. Rethrows what the coroutine threw.
    T take()
    {
        if (m_handle.promise().thrown)
            std::rethrow_exception(m_handle.promise().thrown);
        return std::move(*m_handle.promise().value);
    }

    auto awaiter() noexcept
    {
        struct Awaiter {
            Handle handle;
            bool await_ready() noexcept { return false; }
            std::coroutine_handle<> await_suspend(std::coroutine_handle<> awaiting) noexcept
            {
                handle.promise().continuation = awaiting;
                return handle;
            }
            T await_resume()
            {
                if (handle.promise().thrown)
                    std::rethrow_exception(handle.promise().thrown);
                return std::move(*handle.promise().value);
            }
        };
        return Awaiter { m_handle };
    }

private:
    explicit Flow(Handle handle)
        : m_handle(handle)
    {
    }
    Handle m_handle;
};

// A whole workflow. A failure that it returns is the run's failure.
using Workflow = Flow<Result<void>>;

} // namespace foundry
