// SPDX-License-Identifier: GPL-3.0-or-later
#include "tls_maker.h"

#include "passphrase_dialog.h"

#include <QFileInfo>

#include <utility>

namespace frameglass::ui {

using transport::TlsContext;
using transport::TlsErrorCode;
using transport::TlsOptions;

TlsMaker::TlsMaker(TlsContext::Side side, QWidget *parent) : m_side(side), m_parent(parent) {}

TlsMaker::Stamps TlsMaker::stampsOf(const TlsOptions &options)
{
    Stamps stamps;
    for (const std::string &name : {options.caFile, options.certificateFile, options.keyFile})
        if (!name.empty())
            stamps[name] = QFileInfo(QString::fromStdString(name)).lastModified();
    return stamps;
}

void TlsMaker::make(TlsOptions options, std::function<void(Context)> done,
                    std::function<void(const transport::TlsError &)> failed)
{
    if (m_asking)
        return;
    if (options.keyLogFile.empty())
        options.keyLogFile = qEnvironmentVariable("SSLKEYLOGFILE").toStdString();
    TlsOptions plain = options;
    plain.passphrase.clear();
    Stamps stamps = stampsOf(plain);
    if (m_made && plain == m_options && stamps == m_stamps) {
        done(m_made);
        return;
    }
    auto result = TlsContext::make(m_side, options);
    if (auto *made = std::get_if<std::shared_ptr<TlsContext>>(&result)) {
        m_made = std::move(*made);
        m_options = std::move(plain);
        m_stamps = std::move(stamps);
        done(m_made);
        return;
    }
    const auto &error = std::get<transport::TlsError>(result);
    const bool wrong = error.code == TlsErrorCode::PassphraseWrong;
    if (error.code != TlsErrorCode::PassphraseNeeded && !wrong) {
        failed(error);
        return;
    }
    m_asking = true;
    askPassphrase(
        m_parent, QString::fromStdString(error.file), wrong,
        [this, plain, done, failed](std::string typed) {
            m_asking = false;
            TlsOptions again = plain;
            again.passphrase = std::move(typed);
            make(std::move(again), done, failed);
        },
        [this, failed, error = transport::TlsError{TlsErrorCode::PassphraseNeeded, error.file, {}}] {
            m_asking = false;
            failed(error);
        });
}

} // namespace frameglass::ui
