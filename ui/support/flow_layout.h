// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QLayout>

#include <memory>
#include <vector>

namespace frameglass::ui {

/// Items in a row that goes on below where its width does not suffice: large text needs more lines, not a wider
/// window. Items of a line share one height. The items after `alignRight()` stand at the right edge when one line holds
/// all.
class FlowLayout : public QLayout
{
    Q_OBJECT
public:
    explicit FlowLayout(QWidget *parent = nullptr);
    ~FlowLayout() override;

    /// What is added from now on belongs to the right edge.
    void alignRight();
    /// Shares what a line has left among its items.
    void setStretching(bool stretching);

    void addItem(QLayoutItem *item) override;
    int count() const override;
    QLayoutItem *itemAt(int index) const override;
    QLayoutItem *takeAt(int index) override;
    Qt::Orientations expandingDirections() const override { return {}; }
    bool hasHeightForWidth() const override { return true; }
    int heightForWidth(int width) const override;
    QSize sizeHint() const override;
    QSize minimumSize() const override;
    void setGeometry(const QRect &rect) override;

private:
    int arrange(const QRect &rect, bool apply) const;
    void placeLine(const std::vector<QLayoutItem *> &line, const QRect &rect, bool onlyLine) const;

    std::vector<std::unique_ptr<QLayoutItem>> m_items;
    std::size_t m_firstRight = SIZE_MAX;
    bool m_stretching = false;
};

} // namespace frameglass::ui
