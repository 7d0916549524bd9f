// Owned coroutines for the engine's adapters and step bodies. Unlike a detaching task type, an Async
// owns its frame: destroying it at any suspension frees everything in it, which is how work is cancelled.
// Everything here belongs to one thread, the engine's.
//
//     auto listing = git.branches(path);   // nothing runs yet
//     auto branches = co_await listing;    // GCC 12 corrupts temporaries inside co_await: name it first
//
// Awaiting a temporary does not compile, for that reason.
#pragma once

#include <coroutine>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <utility>

namespace foundry {

template <class T> class [[nodiscard]] Async {
public:
    using Value = T;

    struct promise_type {
        std::optional<T> value;
        std::exception_ptr thrown;
        std::coroutine_handle<> continuation;
        std::function<void(T)> done;

        Async get_return_object() { return Async(Handle::from_promise(*this)); }
        std::suspend_always initial_suspend() noexcept { return {}; }
        struct Final {
            bool await_ready() noexcept { return false; }
            std::coroutine_handle<> await_suspend(std::coroutine_handle<promise_type> handle) noexcept
            {
                promise_type &promise = handle.promise();
                if (promise.continuation)
                    return promise.continuation;
                if (promise.done) {
                    if (promise.thrown)
                        std::terminate(); // no exception crosses a room: a root must have caught it
                    // The callback may destroy this frame: nothing of it is touched afterwards.
                    auto done = std::move(promise.done);
                    T value = std::move(*promise.value);
                    done(std::move(value));
                }
                return std::noop_coroutine();
            }
            void await_resume() noexcept { }
        };
        Final final_suspend() noexcept { return {}; }
        template <class U> void return_value(U &&result) { value.emplace(std::forward<U>(result)); }
        void unhandled_exception() { thrown = std::current_exception(); }
    };
    using Handle = std::coroutine_handle<promise_type>;

    Async() = default;
    Async(Async &&other) noexcept
        : m_handle(std::exchange(other.m_handle, {}))
    {
    }
    Async &operator=(Async &&other) noexcept
    {
        if (this != &other) {
            reset();
            m_handle = std::exchange(other.m_handle, {});
        }
        return *this;
    }
    ~Async() { reset(); }

    // Cancels: destroys the frame and with it all that it owns.
    void reset()
    {
        if (auto handle = std::exchange(m_handle, {}))
            handle.destroy();
    }
    bool isValid() const { return bool(m_handle); }

    // Runs it as a root. `done` is called once, unless this object is destroyed first; it may destroy it.
    void start(std::function<void(T)> done)
    {
        m_handle.promise().done = std::move(done);
        m_handle.resume();
    }

    auto operator co_await() & noexcept
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
    auto operator co_await() && = delete;

private:
    explicit Async(Handle handle)
        : m_handle(handle)
    {
    }
    Handle m_handle;
};

// A value that arrives later, awaited by at most one coroutine. Copies share it. `set` resumes the waiter
// at once, on the caller's stack; a second `set` is ignored and answers false.
template <class T> class Promise {
    struct State {
        std::optional<T> value;
        std::coroutine_handle<> waiter;
        bool taken = false;
    };

public:
    bool set(T value) const
    {
        auto state = m_state; // resuming may destroy this object
        if (state->value || state->taken)
            return false;
        state->value.emplace(std::move(value));
        if (auto waiter = std::exchange(state->waiter, {}))
            waiter.resume();
        return true;
    }
    bool isSet() const { return m_state->value || m_state->taken; }

    auto operator co_await() & noexcept
    {
        struct Awaiter {
            std::shared_ptr<State> state;
            bool suspended = false;
            ~Awaiter()
            {
                if (suspended) // the waiting frame is being destroyed
                    state->waiter = {};
            }
            bool await_ready() noexcept { return state->value.has_value(); }
            void await_suspend(std::coroutine_handle<> waiter) noexcept
            {
                suspended = true;
                state->waiter = waiter;
            }
            T await_resume()
            {
                suspended = false;
                state->taken = true;
                T value = std::move(*state->value);
                state->value.reset();
                return value;
            }
        };
        return Awaiter { m_state };
    }
    auto operator co_await() && = delete;

private:
    std::shared_ptr<State> m_state = std::make_shared<State>();
};

} // namespace foundry
