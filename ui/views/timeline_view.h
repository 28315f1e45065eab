// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "live_view.h"

class QPlainTextEdit;

namespace frameglass::ui
{

class TimelineView : public LiveView
{
    Q_OBJECT
public:
    explicit TimelineView(Document *document, Selection *selection, QWidget *parent = nullptr);

protected:
    void refresh() override;
    void retranslate() override;

private:
    QPlainTextEdit *m_text;
};

} // namespace frameglass::ui
