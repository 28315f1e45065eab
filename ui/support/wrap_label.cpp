// SPDX-License-Identifier: GPL-3.0-or-later
#include "wrap_label.h"

#include <algorithm>

namespace frameglass::ui {

WrapLabel::WrapLabel(QWidget *parent) : QLabel(parent)
{
    setWordWrap(true);
    setTextFormat(Qt::PlainText);
}

QSize WrapLabel::minimumSizeHint() const
{
    QSize hint = QLabel::minimumSizeHint();
    if (!text().isEmpty())
        hint.setHeight(heightForWidth(std::max(width(), hint.width())));
    return hint;
}

void WrapLabel::resizeEvent(QResizeEvent *event)
{
    QLabel::resizeEvent(event);
    if (heightForWidth(width()) != height())
        updateGeometry();
}

} // namespace frameglass::ui
