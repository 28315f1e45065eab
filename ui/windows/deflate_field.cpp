// SPDX-License-Identifier: GPL-3.0-or-later
#include "deflate_field.h"

#include "ui/support/theme.h"
#include "ui/views/notice_bar.h"

#include <QCheckBox>
#include <QGridLayout>
#include <QJsonObject>
#include <QLineEdit>

namespace frameglass::ui {

namespace {

constexpr auto enabledKey = "deflate";
constexpr auto parametersKey = "deflate_parameters";

QString text(const std::string &octets)
{
    return QString::fromStdString(octets);
}

} // namespace

DeflateField::DeflateField(Side side, QWidget *parent)
    : QWidget(parent), m_side(side), m_box(new QCheckBox(this)), m_parameters(new QLineEdit(this)),
      m_fault(new FaultLabel(this))
{
    const QString name = side == Side::Client ? QStringLiteral("offerDeflate") : QStringLiteral("acceptDeflate");
    m_box->setObjectName(name);
    m_parameters->setObjectName(name + QStringLiteral("Parameters"));
    m_fault->setObjectName(name + QStringLiteral("Fault"));
    if (side == Side::Client)
        m_parameters->setText(QStringLiteral("client_max_window_bits")); // as a browser offers it
    else
        m_box->setChecked(true);
    auto *grid = new QGridLayout(this);
    grid->setContentsMargins(0, 0, 0, 0);
    grid->setVerticalSpacing(Theme::space);
    grid->addWidget(m_box, 0, 0);
    grid->addWidget(m_parameters, 0, 1);
    grid->addWidget(m_fault, 1, 0, 1, 2);
    grid->setColumnStretch(1, 1);
    m_parameters->setMinimumWidth(120);
    const auto edited = [this] {
        m_parameters->setEnabled(m_box->isChecked());
        validate();
        emit changed();
    };
    connect(m_box, &QCheckBox::toggled, this, edited);
    connect(m_parameters, &QLineEdit::textChanged, this, edited);
    m_parameters->setEnabled(m_box->isChecked());
    retranslate();
}

bool DeflateField::validate()
{
    QString fault;
    if (m_box->isChecked()) {
        const auto written = protocol::parseWrittenOffers(m_parameters->text().toStdString());
        if (written.error)
            fault = tr("“%1” is no parameter of permessage-deflate (RFC 7692 §7.1)").arg(text(*written.error));
        else if (m_side == Side::Server && written.offers.size() != 1)
            fault = tr("A server has one set of parameters: no commas");
    }
    m_fault->setFault(fault, m_parameters);
    return fault.isEmpty();
}

std::vector<protocol::DeflateParameters> DeflateField::offers() const
{
    if (!m_box->isChecked())
        return {};
    return protocol::parseWrittenOffers(m_parameters->text().toStdString()).offers;
}

std::optional<protocol::DeflatePreferences> DeflateField::preferences() const
{
    const auto wishes = offers();
    return wishes.empty() ? std::nullopt : std::optional(protocol::preferencesOf(wishes.front()));
}

void DeflateField::setOffers(const std::vector<protocol::DeflateParameters> &offers)
{
    m_box->setChecked(!offers.empty());
    if (offers.empty())
        return;
    std::vector<protocol::Extension> extensions;
    for (const auto &offer : offers)
        extensions.push_back(protocol::extensionOf(offer));
    QString written = text(protocol::formatExtensions(extensions));
    if (offers.size() == 1) // alone it need not say what it is
        written = written.section(QStringLiteral("; "), 1);
    m_parameters->setText(written);
}

void DeflateField::save(QJsonObject &json) const
{
    json.insert(QLatin1String(enabledKey), m_box->isChecked());
    json.insert(QLatin1String(parametersKey), m_parameters->text());
}

void DeflateField::restore(const QJsonObject &json)
{
    m_box->setChecked(json.value(QLatin1String(enabledKey)).toBool(m_box->isChecked()));
    m_parameters->setText(json.value(QLatin1String(parametersKey)).toString(m_parameters->text()));
}

void DeflateField::retranslate()
{
    const bool offers = m_side == Side::Client;
    m_box->setText(offers ? tr("Offer compression") : tr("Accept compression"));
    m_box->setToolTip(tr("permessage-deflate, RFC 7692"));
    m_parameters->setPlaceholderText(offers ? tr("no parameters") : tr("as the client offers"));
    m_parameters->setAccessibleName(tr("Parameters of permessage-deflate"));
    m_parameters->setToolTip(
        tr("server_no_context_takeover, client_no_context_takeover, server_max_window_bits=8 to 15, "
           "client_max_window_bits[=8 to 15]; separated by semicolons"));
    validate();
}

} // namespace frameglass::ui
