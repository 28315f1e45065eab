// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/models/document.h"
#include "ui/support/selection.h"

#include <QFrame>

class QHBoxLayout;
class QLabel;
class QToolButton;

namespace frameglass::ui {

/// Where a connection is in its life: resolve, TCP, proxy, TLS, upgrade, open, close, each with its time and lit where
/// it is now; proxy and TLS only where they are on the way. A click on a stage leads to the record that shows it.
class LifeLine : public QFrame
{
    Q_OBJECT
public:
    LifeLine(Document *document, Selection *selection, QWidget *parent = nullptr);

    void refresh();

    enum class Phase { Resolve, Tcp, Proxy, Tls, Upgrade, Open, Close };
    static constexpr int phaseCount = 7;
    enum class Standing { Pending, Current, Done, Failed };
    struct Step
    {
        Standing standing = Standing::Pending;
        QString time; ///< "–" while there is none
        capture::RecordId record = 0;
        bool used = true; ///< is on this connection's way
    };
    /// The steps of a connection at `now`; nothing hidden, so that tests can read them.
    static std::array<Step, phaseCount> stepsOf(const analysis::ConnectionFacts &facts, Nanoseconds now);

protected:
    void changeEvent(QEvent *event) override;
    void paintEvent(QPaintEvent *event) override;

private:
    void retranslate();

    Document *m_document;
    Selection *m_selection;
    std::array<QToolButton *, phaseCount> m_buttons;
    std::array<QLabel *, phaseCount> m_arrows;
    std::array<Step, phaseCount> m_steps;
    std::array<QString, phaseCount> m_names;
    QLabel *m_trust;
    QLabel *m_rtt;
};

} // namespace frameglass::ui
