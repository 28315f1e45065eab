// SPDX-License-Identifier: GPL-3.0-or-later
#include "network_thread.h"

#include <asio/executor_work_guard.hpp>
#include <asio/io_context.hpp>
#include <asio/post.hpp>

#include <future>
#include <mutex>
#include <thread>
#include <utility>

namespace frameglass::session {

namespace {

SystemProxies &programsProxies()
{
    static SystemProxies proxies;
    return proxies;
}

} // namespace

class NetworkThread::Private
{
public:
    asio::io_context context{1}; // one thread runs it: fewer locks and wake-ups, still safe to post to from any
    asio::executor_work_guard<asio::io_context::executor_type> work{context.get_executor()};
    mutable std::mutex mutex;
    transport::Lookup lookup = transport::systemLookup;
    bool usesSystemLookup = true;
    const SystemProxies systemProxies = programsProxies();
    std::shared_ptr<const transport::TlsContext> tls; ///< network thread
    std::thread thread{[this] { context.run(); }};
};

NetworkThread::NetworkThread() : d(std::make_unique<Private>()) {}

NetworkThread::~NetworkThread()
{
    d->context.stop();
    d->thread.join();
}

asio::io_context &NetworkThread::context()
{
    return d->context;
}

void NetworkThread::post(std::function<void()> work)
{
    asio::post(d->context, std::move(work));
}

void NetworkThread::run(const std::function<void()> &work)
{
    if (std::this_thread::get_id() == d->thread.get_id()) {
        work();
        return;
    }
    std::promise<void> done;
    asio::post(d->context, [&work, &done] {
        work();
        done.set_value();
    });
    done.get_future().wait();
}

void NetworkThread::setLookup(transport::Lookup lookup)
{
    const std::scoped_lock lock(d->mutex);
    d->lookup = std::move(lookup);
    d->usesSystemLookup = false;
}

bool NetworkThread::usesSystemLookup() const
{
    const std::scoped_lock lock(d->mutex);
    return d->usesSystemLookup;
}

transport::Lookup NetworkThread::lookup() const
{
    const std::scoped_lock lock(d->mutex);
    return d->lookup;
}

void NetworkThread::setSystemProxies(SystemProxies proxies)
{
    programsProxies() = std::move(proxies);
}

const SystemProxies &NetworkThread::systemProxies() const
{
    return d->systemProxies;
}

std::shared_ptr<const transport::TlsContext> NetworkThread::tls()
{
    if (!d->tls) {
        auto made = transport::TlsContext::make(transport::TlsContext::Side::Client, {});
        if (auto *context = std::get_if<std::shared_ptr<transport::TlsContext>>(&made))
            d->tls = std::move(*context);
    }
    return d->tls;
}

} // namespace frameglass::session
