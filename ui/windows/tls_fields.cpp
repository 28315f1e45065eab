// SPDX-License-Identifier: GPL-3.0-or-later
#include "tls_fields.h"

#include "file_field.h"
#include "header_editor.h"

#include "core/diagnosis/wording_tls.h"
#include "ui/support/flow_layout.h"
#include "ui/support/theme.h"
#include "ui/views/notice_bar.h"

#include <QComboBox>
#include <QGridLayout>
#include <QJsonObject>
#include <QLabel>
#include <QLineEdit>

namespace frameglass::ui {

namespace {

using transport::TlsErrorCode;
using transport::TlsVersion;

constexpr std::array versions{TlsVersion::Tls10, TlsVersion::Tls11, TlsVersion::Tls12, TlsVersion::Tls13};
constexpr auto defaultAlpn = "http/1.1";

QComboBox *versionBox(const char *name, QWidget *parent)
{
    auto *box = new QComboBox(parent);
    box->setObjectName(QLatin1String(name));
    box->addItem({});
    for (const TlsVersion version : versions) {
        const std::string_view text = transport::nameOf(version);
        box->addItem(QString::fromUtf8(text.data(), qsizetype(text.size())));
    }
    return box;
}

} // namespace

TlsFields::TlsFields(QWidget *parent)
    : QWidget(parent), m_caLabel(new QLabel(this)),
      m_ca(new FileField(QStringLiteral("tlsCa"), FileField::For::Reading, this)), m_certificateLabel(new QLabel(this)),
      m_certificate(new FileField(QStringLiteral("tlsCertificate"), FileField::For::Reading, this)),
      m_keyLabel(new QLabel(this)), m_key(new FileField(QStringLiteral("tlsKey"), FileField::For::Reading, this)),
      m_keyLogLabel(new QLabel(this)),
      m_keyLog(new FileField(QStringLiteral("tlsKeyLog"), FileField::For::Writing, this)),
      m_versionsLabel(new QLabel(this)), m_oldest(versionBox("tlsOldest", this)), m_newestLabel(new QLabel(this)),
      m_newest(versionBox("tlsNewest", this)), m_versionsFault(new FaultLabel(this)), m_ciphersLabel(new QLabel(this)),
      m_ciphers(new QLineEdit(this)), m_ciphersFault(new FaultLabel(this)), m_sniLabel(new QLabel(this)),
      m_sni(new QComboBox(this)), m_sniName(new QLineEdit(this)), m_sniFault(new FaultLabel(this)),
      m_alpnLabel(new QLabel(this)), m_alpn(new QLineEdit(this)), m_alpnFault(new FaultLabel(this)),
      m_fault(new FaultLabel(this))
{
    m_versionsFault->setObjectName(QStringLiteral("tlsVersionsFault"));
    m_ciphers->setObjectName(QStringLiteral("tlsCiphers"));
    m_ciphersFault->setObjectName(QStringLiteral("tlsCiphersFault"));
    m_sni->setObjectName(QStringLiteral("tlsSni"));
    m_sniName->setObjectName(QStringLiteral("tlsSniName"));
    m_alpn->setObjectName(QStringLiteral("tlsAlpn"));
    m_alpnFault->setObjectName(QStringLiteral("tlsAlpnFault"));
    m_fault->setObjectName(QStringLiteral("tlsFault"));
    m_sni->addItems({QString(), QString(), QString()});
    m_alpn->setText(QLatin1String(defaultAlpn));

    auto *files = new QWidget(this);
    auto *left = new QGridLayout(files);
    auto *choices = new QWidget(this);
    auto *right = new QGridLayout(choices);
    for (QGridLayout *grid : {left, right}) {
        grid->setContentsMargins(0, 0, 0, 0);
        grid->setVerticalSpacing(Theme::space);
    }
    int row = 0;
    for (const auto &[label, field] : {std::pair{m_caLabel, m_ca}, std::pair{m_certificateLabel, m_certificate},
                                       std::pair{m_keyLabel, m_key}, std::pair{m_keyLogLabel, m_keyLog}}) {
        label->setBuddy(field);
        left->addWidget(label, row, 0);
        left->addWidget(field, row++, 1);
    }
    left->addWidget(m_fault, row++, 0, 1, 2);
    left->setRowStretch(row, 1);
    left->setColumnStretch(1, 1);

    row = 0;
    const auto line = [&](QLabel *label, QWidget *first, QWidget *between, QWidget *second, FaultLabel *fault) {
        label->setBuddy(first);
        right->addWidget(label, row, 0);
        right->addWidget(first, row, 1, 1, between || second ? 1 : 3);
        if (between)
            right->addWidget(between, row, 2);
        if (second)
            right->addWidget(second, row, between ? 3 : 2, 1, between ? 1 : 2);
        ++row;
        right->addWidget(fault, row++, 1, 1, 3);
    };
    line(m_versionsLabel, m_oldest, m_newestLabel, m_newest, m_versionsFault);
    m_newestLabel->setBuddy(m_newest);
    line(m_ciphersLabel, m_ciphers, nullptr, nullptr, m_ciphersFault);
    line(m_sniLabel, m_sni, nullptr, m_sniName, m_sniFault);
    line(m_alpnLabel, m_alpn, nullptr, nullptr, m_alpnFault);
    right->setRowStretch(row, 1);
    right->setColumnStretch(3, 1);

    auto *blocks = new FlowLayout(this);
    blocks->setContentsMargins(0, 0, 0, 0);
    blocks->setSpacing(6 * Theme::space);
    blocks->setStretching(true);
    blocks->addWidget(files);
    blocks->addWidget(choices);

    const auto edited = [this] {
        m_sniName->setVisible(m_sni->currentIndex() == SniOther);
        m_fault->setFault({});
        validate();
        emit changed();
    };
    for (FileField *field : {m_ca, m_certificate, m_key, m_keyLog})
        connect(field, &FileField::changed, this, edited);
    for (QLineEdit *field : {m_ciphers, m_sniName, m_alpn})
        connect(field, &QLineEdit::textChanged, this, edited);
    for (QComboBox *box : {m_oldest, m_newest, m_sni})
        connect(box, &QComboBox::currentIndexChanged, this, edited);
    retranslate();
    edited();
}

std::optional<TlsVersion> TlsFields::versionOf(const QComboBox *box) const
{
    const int index = box->currentIndex();
    return index > 0 ? std::optional(versions[std::size_t(index - 1)]) : std::nullopt;
}

bool TlsFields::validate()
{
    const auto oldest = versionOf(m_oldest);
    const auto newest = versionOf(m_newest);
    m_versionsFault->setFault(oldest && newest && *oldest > *newest
                                  ? diagnosis::textOf(transport::TlsError{TlsErrorCode::BadVersions, {}, {}})
                                  : QString(),
                              m_oldest);
    m_ciphersFault->setFault({}, m_ciphers); // only the library knows
    const QString name = m_sniName->text().trimmed();
    m_sniFault->setFault(m_sni->currentIndex() == SniOther && (name.isEmpty() || name.contains(u' '))
                             ? tr("A host name, such as www.example.com")
                             : QString(),
                         m_sniName);
    constexpr qsizetype longest = 255; // RFC 7301 §3.1
    QString fault;
    for (const QString &protocol : m_alpn->text().split(u',', Qt::SkipEmptyParts))
        if (protocol.trimmed().isEmpty() || protocol.trimmed().toUtf8().size() > longest)
            fault = diagnosis::textOf(transport::TlsError{TlsErrorCode::BadAlpn, {}, {}});
    m_alpnFault->setFault(fault, m_alpn);
    return !m_versionsFault->hasFault() && !m_sniFault->hasFault() && !m_alpnFault->hasFault();
}

transport::TlsOptions TlsFields::options() const
{
    transport::TlsOptions options;
    options.minimum = versionOf(m_oldest);
    options.maximum = versionOf(m_newest);
    options.ciphers = m_ciphers->text().trimmed().toStdString();
    options.alpn.clear();
    for (const QString &name : m_alpn->text().split(u',', Qt::SkipEmptyParts))
        options.alpn.push_back(name.trimmed().toStdString());
    options.caFile = m_ca->path().toStdString();
    options.certificateFile = m_certificate->path().toStdString();
    options.keyFile = m_key->path().toStdString();
    options.keyLogFile = m_keyLog->path().toStdString();
    return options;
}

std::optional<std::string> TlsFields::serverName() const
{
    switch (m_sni->currentIndex()) {
    case SniOther: return m_sniName->text().trimmed().toStdString();
    case SniNone: return std::string();
    default: return std::nullopt;
    }
}

/// Key and certificate may be one file: then what is wrong says which of them it is about.
FileField *TlsFields::fileFieldOf(const transport::TlsError &error) const
{
    const bool aboutKey = error.code == TlsErrorCode::NoKey || error.code == TlsErrorCode::KeyMismatch ||
                          error.code == TlsErrorCode::PassphraseNeeded || error.code == TlsErrorCode::PassphraseWrong;
    const QString file = QString::fromStdString(error.file);
    const std::array order =
        aboutKey ? std::array{m_key, m_certificate, m_ca, m_keyLog} : std::array{m_ca, m_certificate, m_key, m_keyLog};
    for (FileField *field : order)
        if (!file.isEmpty() && field->path() == file)
            return field;
    // SSLKEYLOGFILE stands in no field.
    return error.code == TlsErrorCode::CannotOpen ? m_keyLog : nullptr;
}

void TlsFields::showError(const transport::TlsError &error)
{
    const QString text = diagnosis::textOf(error);
    const auto at = [&text](FaultLabel *label, QWidget *field) {
        label->setFault(text, field);
        field->setFocus();
    };
    switch (error.code) {
    case TlsErrorCode::BadCiphers: at(m_ciphersFault, m_ciphers); return;
    case TlsErrorCode::BadVersions: at(m_versionsFault, m_oldest); return;
    case TlsErrorCode::BadAlpn: at(m_alpnFault, m_alpn); return;
    case TlsErrorCode::CannotOpen:
    case TlsErrorCode::NoCertificate:
    case TlsErrorCode::NoKey:
    case TlsErrorCode::PassphraseNeeded:
    case TlsErrorCode::PassphraseWrong:
    case TlsErrorCode::KeyMismatch:
    case TlsErrorCode::Library: break;
    }
    if (FileField *field = fileFieldOf(error)) {
        field->setFault(text);
        field->setFocus();
    } else {
        m_fault->setFault(text);
    }
}

QString TlsFields::caFile() const
{
    return m_ca->path();
}

void TlsFields::setCaFile(const QString &path)
{
    m_ca->setPath(path);
}

void TlsFields::save(QJsonObject &json) const
{
    json.insert(QStringLiteral("tls_ca"), m_ca->path());
    json.insert(QStringLiteral("tls_certificate"), m_certificate->path());
    json.insert(QStringLiteral("tls_key"), m_key->path());
    json.insert(QStringLiteral("tls_oldest"), m_oldest->currentIndex());
    json.insert(QStringLiteral("tls_newest"), m_newest->currentIndex());
    json.insert(QStringLiteral("tls_ciphers"), m_ciphers->text());
    json.insert(QStringLiteral("tls_sni"), m_sni->currentIndex());
    json.insert(QStringLiteral("tls_sni_name"), m_sniName->text());
    json.insert(QStringLiteral("tls_alpn"), m_alpn->text());
}

void TlsFields::restore(const QJsonObject &json)
{
    const auto text = [&json](const char *key) { return json.value(QLatin1String(key)).toString(); };
    const auto index = [&json](const char *key, const QComboBox *box) {
        const int kept = json.value(QLatin1String(key)).toInt();
        return kept >= 0 && kept < box->count() ? kept : 0;
    };
    m_ca->setPath(text("tls_ca"));
    m_certificate->setPath(text("tls_certificate"));
    m_key->setPath(text("tls_key"));
    m_oldest->setCurrentIndex(index("tls_oldest", m_oldest));
    m_newest->setCurrentIndex(index("tls_newest", m_newest));
    m_ciphers->setText(text("tls_ciphers"));
    m_sni->setCurrentIndex(index("tls_sni", m_sni));
    m_sniName->setText(text("tls_sni_name"));
    m_alpn->setText(json.value(QLatin1String("tls_alpn")).toString(QLatin1String(defaultAlpn)));
}

void TlsFields::retranslate()
{
    const QString pem = tr("Certificates (*.pem *.crt *.cer);;All files (*)");
    m_caLabel->setText(tr("CA file"));
    m_ca->setTexts(tr("CA file"), tr("the system's authorities only"),
                   tr("Trust the authorities in this PEM file too, besides the system's"), pem);
    m_certificateLabel->setText(tr("Own certificate"));
    m_certificate->setTexts(tr("Own certificate"), tr("none is shown to the server"),
                            tr("PEM with its chain, or PKCS#12. A passphrase is asked for, and not stored"),
                            tr("Certificates (*.pem *.crt *.cer *.p12 *.pfx);;All files (*)"));
    m_keyLabel->setText(tr("Its private key"));
    m_key->setTexts(tr("Its private key"), tr("in the certificate's file"),
                    tr("PEM, where the certificate's file does not hold the key"),
                    tr("Private keys (*.pem *.key);;All files (*)"));
    m_keyLogLabel->setText(tr("Key log"));
    m_keyLog->setTexts(tr("Key log"),
                       qEnvironmentVariableIsSet("SSLKEYLOGFILE") ? tr("the file of SSLKEYLOGFILE") : tr("none"),
                       tr("Append the TLS secrets to this file, for Wireshark. Whoever has it can read what was sent; "
                          "not remembered"),
                       tr("All files (*)"));
    m_versionsLabel->setText(tr("Versions from"));
    m_newestLabel->setText(tr("to", "TLS versions"));
    m_oldest->setItemText(0, tr("usual"));
    m_newest->setItemText(0, tr("newest"));
    m_oldest->setAccessibleName(tr("Oldest TLS version"));
    m_newest->setAccessibleName(tr("Newest TLS version"));
    m_ciphersLabel->setText(tr("Cipher suites"));
    m_ciphers->setPlaceholderText(tr("the library's own"));
    m_ciphers->setToolTip(tr("OpenSSL's names, separated by ':', for example TLS_AES_128_GCM_SHA256"));
    m_sniLabel->setText(tr("SNI"));
    m_sni->setItemText(SniHost, tr("the host"));
    m_sni->setItemText(SniOther, tr("another name"));
    m_sni->setItemText(SniNone, tr("none"));
    m_sni->setToolTip(tr("The name the server is asked for. The certificate is still compared with the host"));
    m_sniName->setPlaceholderText(tr("host name"));
    m_sniName->setAccessibleName(tr("Name for SNI"));
    m_alpnLabel->setText(tr("ALPN"));
    m_alpn->setPlaceholderText(tr("not used"));
    m_alpn->setToolTip(tr("Application protocols on offer, separated by commas; WebSocket needs http/1.1"));
    validate();
}

} // namespace frameglass::ui
