// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/protocol/handshake.h"

#include <QWidget>

#include <array>
#include <optional>

class QLabel;

namespace frameglass::ui {

/// The way from Sec-WebSocket-Key to Sec-WebSocket-Accept, step by step, and whether the server took it.
class AcceptPanel : public QWidget
{
    Q_OBJECT
public:
    explicit AcceptPanel(QWidget *parent = nullptr);

    /// `key` absent: the request has none. `sent` absent: no response yet, or it has no such field (`answered`).
    void setHandshake(std::optional<std::string> key, std::optional<std::string> sent, bool answered);
    void retranslate();
    void restyle();
    QString comparison() const; ///< "✓ equal" …

private:
    enum Step { Key, Concatenated, Digest, Base64, Sent, StepCount };
    void fill();

    std::array<QLabel *, StepCount> m_names{};
    std::array<QLabel *, StepCount> m_values{};
    QLabel *m_title;
    QLabel *m_verdict;
    std::optional<std::string> m_key;
    std::optional<std::string> m_sent;
    bool m_answered = false;
};

} // namespace frameglass::ui
