// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <asio/io_context.hpp>
#include <asio/post.hpp>

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <system_error>
#include <thread>
#include <utility>

namespace frameglass::transport {

/// Work that blocks and cannot be cancelled (getaddrinfo for one), on a thread of its own that may be abandoned at any
/// moment: no one waits for it. What it finds out comes to the loop, in order. Used from the loop's thread.
template<typename Result>
class HelperThread
{
    struct Shared
    {
        std::mutex mutex;
        asio::io_context *context = nullptr; ///< null once abandoned
        std::function<void(Result)> told;    ///< only touched on the loop's thread
    };

public:
    /// The thread's end of it.
    class Reporter
    {
    public:
        /// Hands a result to the loop, unless no one wants it any more.
        void operator()(Result result) const
        {
            const std::scoped_lock lock(m_to->mutex);
            if (!m_to->context)
                return;
            asio::post(*m_to->context, [to = m_to, result = std::move(result)]() mutable {
                if (const auto told = to->told) // it may abandon us
                    told(std::move(result));
            });
        }
        bool abandoned() const
        {
            const std::scoped_lock lock(m_to->mutex);
            return !m_to->context;
        }

    private:
        friend HelperThread;
        explicit Reporter(std::shared_ptr<Shared> to) : m_to(std::move(to)) {}
        std::shared_ptr<Shared> m_to;
    };
    using Work = std::function<void(const Reporter &)>;
    using Told = std::function<void(Result)>;

    explicit HelperThread(asio::io_context &context) : m_context(context) {}
    ~HelperThread() { abandon(); }
    HelperThread(const HelperThread &) = delete;
    HelperThread &operator=(const HelperThread &) = delete;

    /// Abandons what is under way. The error is that of a thread that could not be started.
    std::optional<std::system_error> start(Work work, Told told)
    {
        const auto reporter = prepare(std::move(told));
        try {
            std::thread([work = std::move(work), reporter] { work(reporter); }).detach();
        } catch (const std::system_error &error) {
            return error;
        }
        return {};
    }

    /// The same for what is known already: told from the loop as well.
    void tell(Result result, Told told) { prepare(std::move(told))(std::move(result)); }

    void abandon()
    {
        if (!m_shared)
            return;
        {
            const std::scoped_lock lock(m_shared->mutex);
            m_shared->context = nullptr;
        }
        m_shared->told = nullptr;
        m_shared.reset();
    }

private:
    Reporter prepare(Told told)
    {
        abandon();
        m_shared = std::make_shared<Shared>();
        m_shared->context = &m_context;
        m_shared->told = std::move(told);
        return Reporter(m_shared);
    }

    asio::io_context &m_context;
    std::shared_ptr<Shared> m_shared;
};

} // namespace frameglass::transport
