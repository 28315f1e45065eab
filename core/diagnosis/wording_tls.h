// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/capture/record.h"
#include "core/transport/tls_context.h"

#include <QString>

/// Words for what is recorded of TLS and of proxies. Names of messages and alerts are the RFCs' own and stay as they
/// are in every language.
namespace frameglass::diagnosis {

/// "unknown_ca"; the number where it has no name.
QString alertName(std::uint8_t description);
/// "ClientHello", "close_notify".
QString tlsMessageName(const capture::TlsMessage &message);

QString textOf(capture::TlsVerdict verdict);
QString textOf(capture::StapleStatus status);
QString textOf(capture::ProxyKind kind);
/// Why TLS options cannot be used, with the file and what to do.
QString textOf(const transport::TlsError &error);

QString summaryOf(const capture::TlsMessage &message);
/// "TLSv1.3 · TLS_AES_256_GCM_SHA384 · x25519 · http/1.1 · certificate of CN=a: trusted"
QString summaryOf(const capture::TlsFacts &tls);

} // namespace frameglass::diagnosis
