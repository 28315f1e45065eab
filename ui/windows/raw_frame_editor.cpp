// SPDX-License-Identifier: GPL-3.0-or-later
#include "raw_frame_editor.h"

#include "core/diagnosis/wording.h"
#include "ui/support/flow_layout.h"
#include "ui/support/hex_text.h"
#include "ui/support/theme.h"
#include "ui/views/notice_bar.h"

#include <QCheckBox>
#include <QComboBox>
#include <QEvent>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPlainTextEdit>

namespace frameglass::ui {

RawFrameEditor::RawFrameEditor(QWidget *parent)
    : QWidget(parent), m_fin(new QCheckBox(this)), m_rsv{new QCheckBox(this), new QCheckBox(this), new QCheckBox(this)},
      m_opcodeLabel(new QLabel(this)), m_opcode(new QComboBox(this)), m_mask(new QCheckBox(this)),
      m_key(new QLineEdit(this)), m_keyFault(new FaultLabel(this)), m_lengthLabel(new QLabel(this)),
      m_length(new QLineEdit(this)), m_lengthForm(new QComboBox(this)), m_lengthFault(new FaultLabel(this)),
      m_payloadLabel(new QLabel(this)), m_payload(new QPlainTextEdit(this)), m_payloadFault(new FaultLabel(this)),
      m_preview(new QLabel(this))
{
    m_fin->setChecked(true);
    m_mask->setChecked(true);
    m_opcode->setObjectName(QStringLiteral("rawOpcode"));
    m_key->setObjectName(QStringLiteral("rawKey"));
    m_length->setObjectName(QStringLiteral("rawLength"));
    m_payload->setObjectName(QStringLiteral("rawPayload"));
    m_payload->setTabChangesFocus(true);
    m_preview->setTextInteractionFlags(Qt::TextSelectableByMouse);
    for (int opcode = 0; opcode < 16; ++opcode)
        m_opcode->addItem(QString());
    m_opcode->setCurrentIndex(int(protocol::Opcode::Text));
    for (const int octets : {-1, 0, 2, 8})
        m_lengthForm->addItem(QString(), octets);

    const auto flow = [this] {
        auto *row = new QWidget(this);
        auto *items = new FlowLayout(row);
        items->setContentsMargins(0, 0, 0, 0);
        return std::pair{row, items};
    };
    const auto [bitsRow, bits] = flow();
    bits->addWidget(m_fin);
    for (QCheckBox *rsv : m_rsv)
        bits->addWidget(rsv);
    for (QWidget *widget : std::initializer_list<QWidget *>{m_opcodeLabel, m_opcode, m_mask, m_key, m_keyFault})
        bits->addWidget(widget);
    const auto [lengthRow, length] = flow();
    for (QWidget *widget : std::initializer_list<QWidget *>{m_lengthLabel, m_length, m_lengthForm, m_lengthFault})
        length->addWidget(widget);
    m_keyFault->setWordWrap(false);
    m_lengthFault->setWordWrap(false);
    auto *payload = new QHBoxLayout;
    payload->addWidget(m_payloadLabel, 0, Qt::AlignTop);
    payload->addWidget(m_payload, 1);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(Theme::space);
    layout->addWidget(bitsRow);
    layout->addWidget(lengthRow);
    layout->addLayout(payload);
    layout->addWidget(m_payloadFault);
    layout->addWidget(m_preview);

    const auto changed = [this] {
        preview();
        emit edited();
    };
    for (QCheckBox *box : {m_fin, m_rsv[0], m_rsv[1], m_rsv[2], m_mask})
        connect(box, &QCheckBox::toggled, this, changed);
    connect(m_opcode, &QComboBox::currentIndexChanged, this, changed);
    connect(m_lengthForm, &QComboBox::currentIndexChanged, this, changed);
    connect(m_key, &QLineEdit::textChanged, this, changed);
    connect(m_length, &QLineEdit::textChanged, this, changed);
    connect(m_payload, &QPlainTextEdit::textChanged, this, changed);
    retranslate();
}

void RawFrameEditor::setMaskedByDefault(bool masked)
{
    m_mask->setChecked(masked);
}

RawFrameEditor::Read RawFrameEditor::read() const
{
    Read result;
    auto &header = result.frame.header;
    header.fin = m_fin->isChecked();
    header.rsv =
        std::uint8_t((m_rsv[0]->isChecked() ? protocol::rsv1 : 0) | (m_rsv[1]->isChecked() ? protocol::rsv2 : 0) |
                     (m_rsv[2]->isChecked() ? protocol::rsv3 : 0));
    header.opcode = std::uint8_t(m_opcode->currentIndex());
    const HexText payload = parseHex(m_payload->toPlainText());
    result.payloadFault = faultText(payload);
    result.frame.payload = payload.octets;
    if (m_mask->isChecked()) {
        const HexText key = parseHex(m_key->text());
        protocol::MaskKey mask{std::byte{0x37}, std::byte{0xfa}, std::byte{0x21}, std::byte{0x3d}};
        if (!m_key->text().isEmpty()) {
            result.keyFault = faultText(key);
            if (result.keyFault.isEmpty() && key.octets.size() != mask.size())
                result.keyFault = tr("The key has four octets, eight hex digits");
            else if (result.keyFault.isEmpty())
                std::copy(key.octets.begin(), key.octets.end(), mask.begin());
        }
        header.maskKey = mask;
    }
    header.payloadLength = payload.octets.size();
    if (!m_length->text().isEmpty()) {
        bool number = false;
        header.payloadLength = m_length->text().toULongLong(&number);
        if (!number)
            result.lengthFault = tr("A length is a number from 0 to 18446744073709551615");
    }
    const int form = m_lengthForm->currentData().toInt();
    header.lengthOctets = form < 0 ? protocol::minimalLengthOctets(header.payloadLength) : std::uint8_t(form);
    if (result.lengthFault.isEmpty() && header.lengthOctets < protocol::minimalLengthOctets(header.payloadLength))
        result.lengthFault = tr("This length does not fit the form chosen");
    return result;
}

std::optional<protocol::RawFrame> RawFrameEditor::frame()
{
    Read result = read();
    preview();
    if (!result.keyFault.isEmpty() || !result.lengthFault.isEmpty() || !result.payloadFault.isEmpty())
        return {};
    return std::move(result.frame);
}

void RawFrameEditor::preview()
{
    const Read result = read();
    m_key->setEnabled(m_mask->isChecked());
    m_keyFault->setFault(result.keyFault, m_key);
    m_lengthFault->setFault(result.lengthFault, m_length);
    m_payloadFault->setFault(result.payloadFault, m_payload);
    if (!result.lengthFault.isEmpty()) {
        m_preview->clear();
        return;
    }
    protocol::Octets header;
    protocol::appendFrameHeader(header, result.frame.header);
    QString hex = QString::fromStdString(protocol::toHex(header));
    for (qsizetype i = hex.size() - 2; i > 0; i -= 2)
        hex.insert(i, u' ');
    m_preview->setText(tr("Header as sent: %1").arg(hex));
}

void RawFrameEditor::retranslate()
{
    m_fin->setText(QStringLiteral("FIN"));
    for (int i = 0; i < 3; ++i)
        m_rsv[std::size_t(i)]->setText(QStringLiteral("RSV%1").arg(i + 1));
    m_opcodeLabel->setText(tr("Opcode"));
    m_opcodeLabel->setBuddy(m_opcode);
    for (int opcode = 0; opcode < 16; ++opcode)
        m_opcode->setItemText(
            opcode, QStringLiteral("%1  %2").arg(opcode, 1, 16).arg(diagnosis::opcodeName(std::uint8_t(opcode))));
    m_mask->setText(tr("Masked, key"));
    m_key->setPlaceholderText(QStringLiteral("37fa213d"));
    m_key->setFixedWidth(m_key->fontMetrics().horizontalAdvance(QStringLiteral("00000000000000")));
    m_key->setAccessibleName(tr("Masking key in hex"));
    m_lengthLabel->setText(tr("Claimed length"));
    m_lengthLabel->setBuddy(m_length);
    m_length->setPlaceholderText(tr("as it is"));
    m_length->setFixedWidth(m_length->fontMetrics().horizontalAdvance(QStringLiteral("184467440737095516150000")));
    m_lengthForm->setItemText(0, tr("shortest form"));
    m_lengthForm->setItemText(1, tr("7 bits"));
    m_lengthForm->setItemText(2, tr("7+16 bits"));
    m_lengthForm->setItemText(3, tr("7+64 bits"));
    m_lengthForm->setAccessibleName(tr("How the length is written"));
    m_payloadLabel->setText(tr("Payload, hex"));
    m_payloadLabel->setBuddy(m_payload);
    m_payload->setAccessibleName(m_payloadLabel->text());
    m_payload->setFont(Theme::instance().monospace());
    m_payload->setFixedHeight(QFontMetrics(m_payload->font()).lineSpacing() * 2 + 3 * Theme::space);
    m_preview->setFont(Theme::instance().monospace());
    preview();
}

void RawFrameEditor::changeEvent(QEvent *event)
{
    if (event->type() == QEvent::LanguageChange || event->type() == QEvent::FontChange)
        retranslate();
    QWidget::changeEvent(event);
}

} // namespace frameglass::ui
