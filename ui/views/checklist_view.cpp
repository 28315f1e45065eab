// SPDX-License-Identifier: GPL-3.0-or-later
#include "checklist_view.h"

#include "core/diagnosis/wording.h"

#include <QPlainTextEdit>
#include <QVBoxLayout>

namespace frameglass::ui
{

ChecklistView::ChecklistView(Document *document, Selection *selection, QWidget *parent)
    : LiveView(document, selection, parent), m_text(new QPlainTextEdit(this))
{
    m_text->setReadOnly(true);
    auto *layout = new QVBoxLayout(this);
    layout->addWidget(m_text);
    retranslate();
}

void ChecklistView::retranslate()
{
    m_text->setPlaceholderText(tr("No connection is selected."));
}

void ChecklistView::refresh()
{
    const analysis::ConnectionFacts *f = facts();
    m_text->setPlainText(f ? diagnosis::textOf(f->state) : QString());
}

void ChecklistView::showFinding(std::string_view id)
{
    if (const diagnosis::Finding *finding = document()->report(selection()->connection()).find(id))
        m_text->setPlainText(finding->reason);
}

} // namespace frameglass::ui
