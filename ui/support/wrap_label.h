// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QLabel>

namespace frameglass::ui {

/// A label that breaks its lines and asks for the height they need also where a layout does not compute it: in forms,
/// grids and dialogs.
class WrapLabel : public QLabel
{
    Q_OBJECT
public:
    explicit WrapLabel(QWidget *parent = nullptr);
    QSize minimumSizeHint() const override;

protected:
    void resizeEvent(QResizeEvent *event) override;
};

} // namespace frameglass::ui
