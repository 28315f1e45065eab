// SPDX-License-Identifier: GPL-3.0-or-later
#include "server_tls_fields.h"

#include "file_field.h"

#include "core/diagnosis/wording_tls.h"
#include "core/transport/development_authority.h"
#include "ui/support/theme.h"
#include "ui/views/notice_bar.h"

#include <QComboBox>
#include <QFile>
#include <QFileDialog>
#include <QGridLayout>
#include <QJsonObject>
#include <QLabel>
#include <QPushButton>
#include <QSaveFile>

namespace frameglass::ui {

namespace {

QString text(const std::filesystem::path &path)
{
    return QString::fromStdU16String(path.u16string());
}

} // namespace

ServerTlsFields::ServerTlsFields(QWidget *parent)
    : QWidget(parent), m_label(new QLabel(this)), m_certificate(new QComboBox(this)), m_export(new QPushButton(this)),
      m_fault(new FaultLabel(this)), m_fileLabel(new QLabel(this)),
      m_file(new FileField(QStringLiteral("serverCertificate"), FileField::For::Reading, this)),
      m_keyLabel(new QLabel(this)), m_key(new FileField(QStringLiteral("serverKey"), FileField::For::Reading, this)),
      m_clientsLabel(new QLabel(this)), m_clients(new QComboBox(this)), m_clientCaLabel(new QLabel(this)),
      m_clientCa(new FileField(QStringLiteral("serverClientCa"), FileField::For::Reading, this))
{
    m_certificate->setObjectName(QStringLiteral("serverTls"));
    m_clients->setObjectName(QStringLiteral("serverClients"));
    m_export->setObjectName(QStringLiteral("exportAuthority"));
    m_fault->setObjectName(QStringLiteral("serverTlsFault"));
    m_certificate->addItems({QString(), QString(), QString()});
    m_clients->addItems({QString(), QString(), QString()});
    auto *grid = new QGridLayout(this);
    grid->setContentsMargins(0, 0, 0, 0);
    grid->setVerticalSpacing(Theme::space);
    int row = 0;
    m_label->setBuddy(m_certificate);
    grid->addWidget(m_label, row, 0);
    grid->addWidget(m_certificate, row++, 1);
    grid->addWidget(m_export, row++, 1, Qt::AlignLeft);
    grid->addWidget(m_fault, row++, 0, 1, 2);
    for (const auto &[label, field] :
         {std::pair<QLabel *, QWidget *>{m_fileLabel, m_file}, std::pair<QLabel *, QWidget *>{m_keyLabel, m_key},
          std::pair<QLabel *, QWidget *>{m_clientsLabel, m_clients},
          std::pair<QLabel *, QWidget *>{m_clientCaLabel, m_clientCa}}) {
        label->setBuddy(field);
        grid->addWidget(label, row, 0);
        grid->addWidget(field, row++, 1);
    }
    grid->setColumnStretch(1, 1);
    for (QComboBox *box : {m_certificate, m_clients})
        connect(box, &QComboBox::currentIndexChanged, this, &ServerTlsFields::enable);
    connect(m_export, &QPushButton::clicked, this, &ServerTlsFields::exportAuthority);
    retranslate();
    enable();
}

void ServerTlsFields::enable()
{
    const bool own = m_certificate->currentIndex() == OwnFiles;
    const bool asks = isWanted() && m_clients->currentIndex() != int(transport::ClientCertificates::No);
    m_export->setVisible(m_certificate->currentIndex() == Development);
    for (QWidget *widget : std::initializer_list<QWidget *>{m_fileLabel, m_file, m_keyLabel, m_key})
        widget->setVisible(own);
    for (QWidget *widget : std::initializer_list<QWidget *>{m_clientsLabel, m_clients})
        widget->setVisible(isWanted());
    for (QWidget *widget : std::initializer_list<QWidget *>{m_clientCaLabel, m_clientCa})
        widget->setVisible(asks);
    m_fault->setFault({}, m_certificate);
}

bool ServerTlsFields::isWanted() const
{
    return m_certificate->currentIndex() != NoTls;
}

bool ServerTlsFields::makeDevelopmentFiles(transport::TlsOptions &options)
{
    const auto made = transport::developmentFiles(transport::developmentFolder(), std::chrono::system_clock::now());
    if (const auto *error = std::get_if<transport::SystemError>(&made)) {
        m_fault->setFault(
            tr("The development certificate cannot be made: %1").arg(QString::fromStdString(error->message)),
            m_certificate);
        return false;
    }
    const auto &files = std::get<transport::DevelopmentFiles>(made);
    options.certificateFile = text(files.certificate).toStdString();
    options.keyFile = text(files.key).toStdString();
    m_authority = text(files.authority);
    return true;
}

bool ServerTlsFields::read(transport::TlsOptions &options)
{
    m_fault->setFault({}, m_certificate);
    m_file->setFault({});
    m_clientCa->setFault({});
    m_authority.clear();
    options.clientCertificates = transport::ClientCertificates(m_clients->currentIndex());
    if (options.clientCertificates != transport::ClientCertificates::No) {
        options.caFile = m_clientCa->path().toStdString();
        if (options.caFile.empty()) {
            m_clientCa->setFault(tr("Which authorities' clients are let in: choose a PEM file"));
            return false;
        }
    }
    if (m_certificate->currentIndex() == Development)
        return makeDevelopmentFiles(options);
    options.certificateFile = m_file->path().toStdString();
    options.keyFile = m_key->path().toStdString();
    if (options.certificateFile.empty())
        m_file->setFault(diagnosis::textOf(transport::TlsError{transport::TlsErrorCode::NoCertificate, {}, {}}));
    return !options.certificateFile.empty();
}

void ServerTlsFields::showError(const transport::TlsError &error)
{
    using transport::TlsErrorCode;
    const bool aboutKey = error.code == TlsErrorCode::NoKey || error.code == TlsErrorCode::KeyMismatch ||
                          error.code == TlsErrorCode::PassphraseNeeded || error.code == TlsErrorCode::PassphraseWrong;
    const QString file = QString::fromStdString(error.file);
    for (FileField *field : aboutKey ? std::array{m_key, m_file, m_clientCa} : std::array{m_clientCa, m_file, m_key}) {
        if (!file.isEmpty() && field->isVisibleTo(this) && field->path() == file) {
            field->setFault(diagnosis::textOf(error));
            field->setFocus();
            return;
        }
    }
    m_fault->setFault(diagnosis::textOf(error), m_certificate);
}

void ServerTlsFields::exportAuthority()
{
    transport::TlsOptions unused;
    if (!makeDevelopmentFiles(unused))
        return;
    auto *dialog = new QFileDialog(window(), tr("Export the development authority's certificate"), {},
                                   tr("Certificates (*.pem *.crt);;All files (*)"));
    dialog->setObjectName(QStringLiteral("exportDialog"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->selectFile(QStringLiteral("frameglass-authority.pem"));
    connect(dialog, &QFileDialog::fileSelected, this, &ServerTlsFields::writeAuthority);
    dialog->open();
}

void ServerTlsFields::writeAuthority(const QString &path)
{
    QFile authority(m_authority);
    QSaveFile file(path);
    const bool good = authority.open(QIODevice::ReadOnly) && file.open(QIODevice::WriteOnly) &&
                      file.write(authority.readAll()) >= 0 && file.commit();
    if (!good)
        m_fault->setFault(tr("%1 cannot be written: %2").arg(path, file.errorString()), m_export);
}

void ServerTlsFields::save(QJsonObject &json) const
{
    json.insert(QStringLiteral("tls"), m_certificate->currentIndex());
    json.insert(QStringLiteral("tls_certificate"), m_file->path());
    json.insert(QStringLiteral("tls_key"), m_key->path());
    json.insert(QStringLiteral("tls_clients"), m_clients->currentIndex());
    json.insert(QStringLiteral("tls_client_ca"), m_clientCa->path());
}

void ServerTlsFields::restore(const QJsonObject &json)
{
    const auto choose = [&json](QComboBox *box, const char *key) {
        const int kept = json.value(QLatin1String(key)).toInt();
        box->setCurrentIndex(kept >= 0 && kept < box->count() ? kept : 0);
    };
    choose(m_certificate, "tls");
    m_file->setPath(json.value(QLatin1String("tls_certificate")).toString());
    m_key->setPath(json.value(QLatin1String("tls_key")).toString());
    choose(m_clients, "tls_clients");
    m_clientCa->setPath(json.value(QLatin1String("tls_client_ca")).toString());
}

void ServerTlsFields::retranslate()
{
    const QString filter = tr("Certificates (*.pem *.crt *.cer *.p12 *.pfx);;All files (*)");
    m_label->setText(tr("TLS"));
    m_certificate->setItemText(NoTls, tr("off: ws://"));
    m_certificate->setItemText(Development, tr("development certificate"));
    m_certificate->setItemText(OwnFiles, tr("own certificate"));
    m_certificate->setToolTip(tr("The development certificate is for localhost, 127.0.0.1 and ::1, from an authority "
                                 "of this user's own"));
    m_certificate->setAccessibleName(tr("TLS of the server"));
    m_export->setText(tr("Export authority…"));
    m_export->setToolTip(tr("Save the certificate that a browser or another client has to trust"));
    m_fileLabel->setText(tr("Certificate"));
    m_file->setTexts(tr("Certificate of the server"), tr("PEM with its chain, or PKCS#12"),
                     tr("A passphrase is asked for, and not stored"), filter);
    m_keyLabel->setText(tr("Private key"));
    m_key->setTexts(tr("Private key of the server"), tr("in the certificate's file"),
                    tr("PEM, where the certificate's file does not hold the key"),
                    tr("Private keys (*.pem *.key);;All files (*)"));
    m_clientsLabel->setText(tr("Client certificates"));
    m_clients->setItemText(0, tr("not asked for"));
    m_clients->setItemText(1, tr("asked for"));
    m_clients->setItemText(2, tr("required"));
    m_clientCaLabel->setText(tr("Clients' CA"));
    m_clientCa->setTexts(tr("Authorities of clients"), tr("a PEM file"),
                         tr("Clients with a certificate from these authorities are let in"), filter);
}

} // namespace frameglass::ui
