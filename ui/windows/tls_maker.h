// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/transport/tls_context.h"

#include <QDateTime>

#include <functional>
#include <map>
#include <memory>

class QWidget;

namespace frameglass::ui {

/// Makes TLS ready for a client or a server, and asks for the passphrase of its key where one is needed. What was made
/// last serves again while options and files are the same: sessions can be resumed, and nothing is asked twice. A
/// passphrase lives in what was made and nowhere else. GUI thread only.
class TlsMaker
{
public:
    using Context = std::shared_ptr<const transport::TlsContext>;
    /// `parent`: of the question; the maker lives as long.
    TlsMaker(transport::TlsContext::Side side, QWidget *parent);

    /// Calls one of the two, at once or after the question; neither while an earlier question stands. SSLKEYLOGFILE
    /// counts where no key log is chosen.
    void make(transport::TlsOptions options, std::function<void(Context)> done,
              std::function<void(const transport::TlsError &)> failed);

private:
    using Stamps = std::map<std::string, QDateTime>;
    static Stamps stampsOf(const transport::TlsOptions &options);

    transport::TlsContext::Side m_side;
    QWidget *m_parent;
    transport::TlsOptions m_options; ///< without the passphrase
    Stamps m_stamps;
    Context m_made;
    bool m_asking = false;
};

} // namespace frameglass::ui
