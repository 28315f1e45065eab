// SPDX-License-Identifier: GPL-3.0-or-later
#include "response_cases.h"

#include <QByteArray>
#include <QCryptographicHash>

namespace frameglass::diagnosis::test {

namespace {

QByteArray sha1(const QByteArray &data)
{
    return QCryptographicHash::hash(data, QCryptographicHash::Sha1);
}

Scenario accepted(const QByteArray &value)
{
    return switchedWithAccept({value.constData(), static_cast<std::size_t>(value.size())});
}

Scenario named(std::string_view line)
{
    return switched("Upgrade: websocket\r\nConnection: Upgrade\r\n" + std::string(line) + std::string(sampleAccept) +
                    "\r\n");
}

/// The right value for a key other than the one of RFC 6455 §1.3.
Scenario exampleForAnotherKey()
{
    Scenario scenario;
    return scenario.client()
        .requestRaw("GET / HTTP/1.1\r\nHost: peer.test\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                    "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n\r\n")
        .at(5ms)
        .response101()
        .refused();
}

} // namespace

std::vector<Case> acceptCases()
{
    constexpr auto pass = Verdict::Pass;
    constexpr auto fail = Verdict::Fail;
    constexpr auto none = Verdict::NotApplicable;
    const QByteArray key(sampleKey.data(), static_cast<qsizetype>(sampleKey.size()));
    const QByteArray guid = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    const QByteArray right(sampleAccept.data(), static_cast<qsizetype>(sampleAccept.size()));
    const QByteArray digest = sha1(key + guid);
    const auto twice = [](std::string_view other) {
        return switchedWith("Sec-WebSocket-Accept: " + std::string(other) + "\r\n");
    };
    return {
        {"no such field", "upgrade.accept-missing", fail, switched("Upgrade: websocket\r\nConnection: Upgrade\r\n"),
         "none of the 2"},
        {"there", "upgrade.accept-missing", pass, switchedWith("")},
        {"there in lower case", "upgrade.accept-missing", pass, named("sec-websocket-accept: ")},
        {"status 200", "upgrade.accept-missing", none, status("200 OK"), "200"},

        {"right", "upgrade.accept-wrong", pass, switchedWith("")},
        {"right with outer spaces", "upgrade.accept-wrong", pass, accepted("  " + right + " \t")},
        {"dash before the GUID", "upgrade.accept-wrong", fail, accepted(sha1(key + '-' + guid).toBase64()), "\"-\""},
        {"key decoded first", "upgrade.accept-wrong", fail,
         accepted(sha1(QByteArray::fromBase64(key) + guid).toBase64()), "decoded first"},
        {"GUID in lower case", "upgrade.accept-wrong", fail, accepted(sha1(key + guid.toLower()).toBase64()),
         "lower case"},
        {"GUID missing", "upgrade.accept-wrong", fail, accepted(sha1(key).toBase64()), "GUID is missing"},
        {"hexadecimal", "upgrade.accept-wrong", fail, accepted(digest.toHex()), "hexadecimal"},
        {"base64 of hexadecimal", "upgrade.accept-wrong", fail, accepted(digest.toHex().toBase64()), "base64 was made"},
        {"padding lost", "upgrade.accept-wrong", fail, accepted(digest.toBase64(QByteArray::OmitTrailingEquals)),
         "padding"},
        {"quoted", "upgrade.accept-wrong", fail, accepted('"' + right + '"'), "quotes"},
        {"value in lower case", "upgrade.accept-wrong", fail, accepted(right.toLower()), "turned to lower case"},
        {"the key itself", "upgrade.accept-wrong", fail, accepted(key), "key itself"},
        {"empty", "upgrade.accept-wrong", fail, accepted(""), "empty"},
        {"the RFC's example", "upgrade.accept-wrong", fail, exampleForAnotherKey(), "example value"},
        {"of no known mistake", "upgrade.accept-wrong", fail, accepted(sha1("x").toBase64()), "no known mistake"},
        {"octets that cannot be printed", "upgrade.accept-wrong", fail, accepted("\xff\x01"), "\\xff\\x01"},
        {"missing", "upgrade.accept-wrong", none, switched("Upgrade: websocket\r\n")},

        {"twice, equal", "upgrade.accept-duplicate", fail, twice(sampleAccept), "same value"},
        {"twice, different", "upgrade.accept-duplicate", fail, twice("x"), "different"},
        {"once", "upgrade.accept-duplicate", pass, switchedWith("")},
        {"never", "upgrade.accept-duplicate", none, switched("Upgrade: websocket\r\n")},

        {"underscores", "upgrade.accept-name", fail, named("Sec_WebSocket_Accept: "), "Sec_WebSocket_Accept"},
        {"space before the colon", "upgrade.accept-name", fail, named("Sec-WebSocket-Accept : "), "space"},
        {"upper case", "upgrade.accept-name", pass, named("SEC-WEBSOCKET-ACCEPT: ")},
        {"no such name", "upgrade.accept-name", none, switched("Upgrade: websocket\r\n")},

        {"right", "upgrade.accept-foreign", pass, switchedWith("")},
        {"wrong, nothing to compare with", "upgrade.accept-foreign", none, accepted("x")},
        {"right", "upgrade.accept-static", pass, switchedWith("")},
        {"wrong, nothing to compare with", "upgrade.accept-static", none, accepted("x")},
    };
}

} // namespace frameglass::diagnosis::test
