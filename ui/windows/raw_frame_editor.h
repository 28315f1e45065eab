// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/protocol/peer.h"

#include <QWidget>

#include <array>
#include <optional>

class QCheckBox;
class QComboBox;
class QLabel;
class QLineEdit;
class QPlainTextEdit;

namespace frameglass::ui {

class FaultLabel;

/// A frame, bit by bit, legal or not: FIN, RSV, opcode, mask and its key, the length as it shall be claimed, payload.
class RawFrameEditor : public QWidget
{
    Q_OBJECT
public:
    explicit RawFrameEditor(QWidget *parent = nullptr);

    /// The frame as edited; nothing while a field has a fault, which then stands beside the field.
    std::optional<protocol::RawFrame> frame();
    /// A server's frames are not masked unless asked for, a client's are.
    void setMaskedByDefault(bool masked);

signals:
    void edited();

protected:
    void changeEvent(QEvent *event) override;

private:
    void retranslate();
    void preview();
    struct Read
    {
        protocol::RawFrame frame;
        QString keyFault, lengthFault, payloadFault;
    };
    Read read() const;

    QCheckBox *m_fin;
    std::array<QCheckBox *, 3> m_rsv;
    QLabel *m_opcodeLabel;
    QComboBox *m_opcode;
    QCheckBox *m_mask;
    QLineEdit *m_key;
    FaultLabel *m_keyFault;
    QLabel *m_lengthLabel;
    QLineEdit *m_length;
    QComboBox *m_lengthForm;
    FaultLabel *m_lengthFault;
    QLabel *m_payloadLabel;
    QPlainTextEdit *m_payload;
    FaultLabel *m_payloadFault;
    QLabel *m_preview;
};

} // namespace frameglass::ui
