// One HTTP request and its whole answer. Redirects are not followed, nothing is cached, no cookies are kept: a token
// goes to the address it was meant for and nowhere else. Engine thread only.
#pragma once

#include "Async.h"
#include "Clock.h"

#include <foundry/Failure.h>

#include <QByteArray>
#include <QUrl>

#include <chrono>
#include <memory>
#include <vector>

class QNetworkAccessManager;

namespace foundry {

struct HttpHeader {
    QByteArray name; // of an answer: lower case
    QByteArray value;
    bool operator==(const HttpHeader &) const = default;
};

struct HttpRequest {
    QByteArray method = "GET";
    QUrl url; // https, or http to a loopback address
    std::vector<HttpHeader> headers;
    QByteArray body;
    std::chrono::milliseconds timeOut = std::chrono::seconds(30);
    qsizetype maxBody = 16 * 1024 * 1024; // bytes of the answer's
    qsizetype keepLast = 0; // bytes: of a body of up to maxBody only its end is kept; 0: all of it
};

struct HttpAnswer {
    int status = 0;
    std::vector<HttpHeader> headers;
    QByteArray body;

    QByteArray header(const QByteArray &name) const // `name` in lower case; the first; empty: not there
    {
        for (const HttpHeader &each : headers) {
            if (each.name == name)
                return each.value;
        }
        return {};
    }
};

class HttpTransport {
public:
    virtual ~HttpTransport() = default;
    // Any status is an answer. Failures: GitHub::offline (transient: not reached, cut off, no answer in time),
    // GitHub::untrusted, GitHub::tooLarge. Destroying the Async gives the request up.
    virtual Async<Result<HttpAnswer>> send(HttpRequest request) = 0;
};

// Through the system's proxy, except to loopback addresses.
class NetworkTransport final : public HttpTransport {
public:
    explicit NetworkTransport(Clock &clock);
    ~NetworkTransport() override;
    Async<Result<HttpAnswer>> send(HttpRequest request) override;

private:
    Clock &m_clock;
    std::unique_ptr<QNetworkAccessManager> m_manager;
};

} // namespace foundry
