// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "live_view.h"

#include <optional>

class QLabel;
class QSplitter;

namespace frameglass::ui {

class QuietTree;
class StateDiagram;

/// Where the connection stands in its state machine, and the way it took.
class StateView : public LiveView
{
    Q_OBJECT
public:
    explicit StateView(Document *document, Selection *selection, QWidget *parent = nullptr);

    /// The state that is lit; nothing without a connection, or for a listener.
    std::optional<protocol::ConnectionState> litState();
    StateDiagram *diagram() const { return m_diagram; }

protected:
    void refresh() override;
    void retranslate() override;
    void restyle() override;
    void switched() override;

private:
    void fillSteps(const analysis::ConnectionFacts &facts);
    void showSelected();

    QSplitter *m_splitter;
    QLabel *m_sentence;
    StateDiagram *m_diagram;
    QuietTree *m_steps;
    bool m_choosing = false;
};

} // namespace frameglass::ui
