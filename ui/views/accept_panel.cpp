// SPDX-License-Identifier: GPL-3.0-or-later
#include "accept_panel.h"

#include "ui/models/record_row.h"
#include "ui/support/theme.h"

#include <QGridLayout>
#include <QLabel>

namespace frameglass::ui {

namespace {

QString shown(const std::string &text)
{
    constexpr std::size_t maximum = 256; // the value may be anything a peer likes to send
    const protocol::OctetView octets = protocol::viewOf(text);
    return previewOf(octets.first(std::min(octets.size(), maximum)), true, octets.size());
}

} // namespace

AcceptPanel::AcceptPanel(QWidget *parent) : QWidget(parent), m_title(new QLabel(this)), m_verdict(new QLabel(this))
{
    setObjectName(QStringLiteral("acceptPanel"));
    m_verdict->setObjectName(QStringLiteral("acceptComparison"));
    auto *grid = new QGridLayout(this);
    grid->setContentsMargins(2 * Theme::space, Theme::space, 2 * Theme::space, 2 * Theme::space);
    grid->setHorizontalSpacing(2 * Theme::space);
    grid->setVerticalSpacing(Theme::space / 2);
    grid->addWidget(m_title, 0, 0, 1, 2);
    for (int step = 0; step < StepCount; ++step) {
        const auto index = static_cast<std::size_t>(step);
        m_names[index] = new QLabel(this);
        m_values[index] = new QLabel(this);
        m_values[index]->setTextFormat(Qt::PlainText);
        m_values[index]->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
        grid->addWidget(m_names[index], step + 1, 0);
        grid->addWidget(m_values[index], step + 1, 1);
    }
    grid->addWidget(m_verdict, StepCount + 1, 1);
    grid->setColumnStretch(1, 1);
    grid->setRowStretch(StepCount + 2, 1);
    retranslate();
    restyle();
}

void AcceptPanel::retranslate()
{
    m_title->setText(tr("How the server proves that it read the request (RFC 6455 §4.2.2)"));
    m_names[Key]->setText(tr("1  key as sent"));
    m_names[Concatenated]->setText(tr("2  key and GUID"));
    m_names[Digest]->setText(tr("3  SHA-1 of it"));
    m_names[Base64]->setText(tr("4  base64 of that"));
    m_names[Sent]->setText(tr("5  server sent"));
    for (int step = 0; step < StepCount; ++step)
        m_values[static_cast<std::size_t>(step)]->setAccessibleName(m_names[static_cast<std::size_t>(step)]->text());
    fill();
}

void AcceptPanel::restyle()
{
    QPalette quiet = palette();
    quiet.setColor(QPalette::WindowText, Theme::instance().tokens().quiet);
    m_title->setPalette(quiet);
    for (QLabel *name : m_names)
        name->setPalette(quiet);
    for (QLabel *value : m_values)
        value->setFont(Theme::instance().monospace());
    fill();
}

void AcceptPanel::setHandshake(std::optional<std::string> key, std::optional<std::string> sent, bool answered)
{
    m_key = std::move(key);
    m_sent = std::move(sent);
    m_answered = answered;
    fill();
}

QString AcceptPanel::comparison() const
{
    return m_verdict->text();
}

void AcceptPanel::fill()
{
    const Tokens &tokens = Theme::instance().tokens();
    for (QLabel *value : m_values)
        value->setText(QStringLiteral("–"));
    QColor colour = tokens.quiet;
    if (m_key) {
        const protocol::AcceptComputation steps = protocol::computeAccept(*m_key);
        m_values[Key]->setText(shown(steps.key));
        m_values[Concatenated]->setText(shown(steps.concatenated));
        m_values[Digest]->setText(QString::fromStdString(protocol::toHex(steps.digest)));
        m_values[Base64]->setText(QString::fromStdString(steps.accept));
        m_values[Sent]->setText(m_sent ? shown(*m_sent) : m_answered ? tr("nothing") : tr("nothing yet"));
        if (!m_answered) {
            m_verdict->setText(tr("Waiting for the answer."));
        } else if (!m_sent) {
            m_verdict->setText(QStringLiteral("✕ ") + tr("missing"));
            colour = tokens.fail;
        } else if (*m_sent == steps.accept) {
            m_verdict->setText(QStringLiteral("✓ ") + tr("equal"));
            colour = tokens.pass;
        } else {
            m_verdict->setText(QStringLiteral("✕ ") + tr("differs: the answer was not made for this key"));
            colour = tokens.fail;
        }
    } else {
        m_verdict->setText(m_answered ? tr("The request has no key, so there is nothing to compute.") : QString());
    }
    QPalette colours = palette();
    colours.setColor(QPalette::WindowText, colour);
    m_verdict->setPalette(colours);
}

} // namespace frameglass::ui
