// SPDX-License-Identifier: GPL-3.0-or-later
#include "state_view.h"

#include "core/diagnosis/wording.h"

#include <QPlainTextEdit>
#include <QVBoxLayout>

namespace frameglass::ui
{

StateView::StateView(Document *document, Selection *selection, QWidget *parent)
    : LiveView(document, selection, parent), m_text(new QPlainTextEdit(this))
{
    m_text->setReadOnly(true);
    auto *layout = new QVBoxLayout(this);
    layout->addWidget(m_text);
    retranslate();
}

void StateView::retranslate()
{
    m_text->setPlaceholderText(tr("No connection is selected."));
}

void StateView::refresh()
{
    const analysis::ConnectionFacts *f = facts();
    m_text->setPlainText(f ? diagnosis::textOf(f->state) : QString());
}

} // namespace frameglass::ui
