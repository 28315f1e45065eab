// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "live_view.h"

#include <array>

class QLabel;
class QSplitter;
class QTableView;

namespace frameglass::ui {

class PingModel;
class RttPlot;

/// Whether the connection is alive: who pings, how fast pongs come back, what was missed, what is due next.
class HeartbeatView : public LiveView
{
    Q_OBJECT
public:
    enum Figure { Sent, Answered, Late, Missed, Unsolicited, Minimum, Median, P99, FigureCount };

    explicit HeartbeatView(Document *document, Selection *selection, QWidget *parent = nullptr);

    QString sentence();
    QString figure(Figure figure); ///< as shown: "12", "3.10 ms", "–"
    RttPlot *plot() const { return m_plot; }
    PingModel *model() const { return m_model; }

protected:
    void refresh() override;
    void retranslate() override;
    void restyle() override;
    void switched() override;

private:
    void buildFigures();
    void buildTable();
    void showFigures(const analysis::ConnectionFacts *facts);
    void showSelected();
    QString stateText(const analysis::ConnectionFacts &facts) const;
    QString scheduleText(const analysis::ConnectionFacts &facts) const;
    QString pingsOf(const analysis::ConnectionFacts &facts, capture::Direction direction) const;

    QLabel *m_sentence;
    QWidget *m_figures;
    std::array<QLabel *, FigureCount> m_names{};
    std::array<QLabel *, FigureCount> m_values{};
    QLabel *m_who;
    QSplitter *m_splitter;
    RttPlot *m_plot;
    PingModel *m_model;
    QTableView *m_table;
    bool m_choosing = false;
};

} // namespace frameglass::ui
