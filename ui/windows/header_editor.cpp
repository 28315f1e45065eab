// SPDX-License-Identifier: GPL-3.0-or-later
#include "header_editor.h"

#include "core/protocol/http_head.h"
#include "ui/support/theme.h"
#include "ui/views/notice_bar.h"

#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QTableWidget>
#include <QToolButton>
#include <QUndoStack>

namespace frameglass::ui {

bool fitsOneLine(const QString &text)
{
    return !text.contains(u'\r') && !text.contains(u'\n') && !text.contains(QChar(0));
}

HeaderEditor::HeaderEditor(QUndoStack *undo, QWidget *parent)
    : QWidget(parent), m_undo(undo), m_label(new QLabel(this)), m_table(new QTableWidget(0, 2, this)),
      m_add(new QToolButton(this)), m_remove(new QToolButton(this)), m_up(new QToolButton(this)),
      m_down(new QToolButton(this)), m_fault(new FaultLabel(this))
{
    m_table->setObjectName(QStringLiteral("headers"));
    m_add->setObjectName(QStringLiteral("addHeader"));
    m_remove->setObjectName(QStringLiteral("removeHeader"));
    m_fault->setObjectName(QStringLiteral("headersFault"));
    m_table->horizontalHeader()->setSectionResizeMode(0, QHeaderView::Interactive);
    m_table->horizontalHeader()->setStretchLastSection(true);
    m_table->horizontalHeader()->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    m_table->verticalHeader()->hide();
    m_table->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_table->setSelectionMode(QAbstractItemView::SingleSelection);
    m_table->setTabKeyNavigation(false);
    m_table->setEditTriggers(QAbstractItemView::AllEditTriggers);
    m_table->setMinimumHeight(90);
    m_add->setIcon(icon(Icon::Add));
    m_remove->setIcon(icon(Icon::Remove));
    m_up->setArrowType(Qt::UpArrow);
    m_down->setArrowType(Qt::DownArrow);

    auto *tools = new QHBoxLayout;
    tools->addWidget(m_label, 1);
    for (QToolButton *button : {m_add, m_remove, m_up, m_down}) {
        button->setAutoRaise(true);
        tools->addWidget(button);
    }
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(Theme::space);
    layout->addLayout(tools);
    layout->addWidget(m_table, 1);
    layout->addWidget(m_fault);

    connect(m_add, &QToolButton::clicked, this, [this] {
        add();
        m_table->setCurrentCell(m_table->rowCount() - 1, 0);
        m_table->setFocus();
        m_table->editItem(m_table->currentItem());
    });
    connect(m_remove, &QToolButton::clicked, this, &HeaderEditor::removeCurrent);
    connect(m_up, &QToolButton::clicked, this, [this] { move(-1); });
    connect(m_down, &QToolButton::clicked, this, [this] { move(1); });
    connect(m_table, &QTableWidget::itemChanged, this, &HeaderEditor::changed);
}

QString HeaderEditor::textAt(int row, int column) const
{
    const QTableWidgetItem *item = m_table->item(row, column);
    return item ? item->text() : QString();
}

void HeaderEditor::add(const QString &name, const QString &value, int row)
{
    const QSignalBlocker blocker(m_table);
    row = row < 0 ? m_table->rowCount() : std::min(row, m_table->rowCount());
    m_table->insertRow(row);
    m_table->setItem(row, 0, new QTableWidgetItem(name));
    m_table->setItem(row, 1, new QTableWidgetItem(value));
}

void HeaderEditor::removeCurrent()
{
    class Removal : public QUndoCommand
    {
    public:
        Removal(HeaderEditor *editor, int row, QString name, QString value)
            : QUndoCommand(tr("remove header %1").arg(name)), m_editor(editor), m_row(row), m_name(std::move(name)),
              m_value(std::move(value))
        {}
        void redo() override
        {
            m_editor->m_table->removeRow(m_row);
            emit m_editor->changed();
        }
        void undo() override
        {
            m_editor->add(m_name, m_value, m_row);
            m_editor->m_table->setCurrentCell(m_row, 0);
            emit m_editor->changed();
        }

    private:
        HeaderEditor *m_editor;
        int m_row;
        QString m_name;
        QString m_value;
    };
    if (const int row = m_table->currentRow(); row >= 0)
        m_undo->push(new Removal(this, row, textAt(row, 0), textAt(row, 1)));
}

void HeaderEditor::move(int by)
{
    const int row = m_table->currentRow();
    const int other = row + by;
    if (row < 0 || other < 0 || other >= m_table->rowCount())
        return;
    for (int column = 0; column < 2; ++column) {
        QTableWidgetItem *a = m_table->takeItem(row, column);
        QTableWidgetItem *b = m_table->takeItem(other, column);
        m_table->setItem(row, column, b);
        m_table->setItem(other, column, a);
    }
    m_table->setCurrentCell(other, m_table->currentColumn());
}

HeaderEditor::Fields HeaderEditor::fields() const
{
    Fields result;
    for (int row = 0; row < m_table->rowCount(); ++row) {
        const QString name = textAt(row, 0).trimmed();
        const QString value = textAt(row, 1);
        if (name.isEmpty() && value.isEmpty())
            continue;
        // "-Origin" leaves the standard field out.
        const bool remove = name.startsWith(u'-');
        result.push_back({(remove ? name.mid(1) : name).toStdString(), value.toStdString(), remove});
    }
    return result;
}

QStringList HeaderEditor::names() const
{
    QStringList names;
    for (const auto &field : fields())
        names << (field.remove ? QStringLiteral("-") : QString()) + QString::fromStdString(field.name);
    return names;
}

void HeaderEditor::setNames(const QStringList &names)
{
    m_table->setRowCount(0);
    for (const QString &name : names)
        add(name);
}

bool HeaderEditor::validate()
{
    QString fault;
    for (const auto &field : fields()) {
        const QString name = QString::fromStdString(field.name);
        if (!protocol::isToken(field.name))
            fault = name.isEmpty() ? tr("A header needs a name") : tr("“%1” is no header name").arg(name);
        else if (!fitsOneLine(QString::fromStdString(field.value)))
            fault = tr("The value of %1 must stay on one line").arg(name);
        if (!fault.isEmpty())
            break;
    }
    m_fault->setFault(fault, m_table);
    return fault.isEmpty();
}

void HeaderEditor::retranslate()
{
    m_label->setText(tr("Extra headers; -Name leaves one out"));
    m_label->setBuddy(m_table);
    m_label->setWordWrap(true);
    m_table->setHorizontalHeaderLabels({tr("Name"), tr("Value")});
    m_table->setColumnWidth(0, 150);
    m_table->setAccessibleName(tr("Extra headers"));
    const std::array tools{std::pair{m_add, tr("Add a header")}, std::pair{m_remove, tr("Remove this header")},
                           std::pair{m_up, tr("Move up")}, std::pair{m_down, tr("Move down")}};
    for (const auto &[button, text] : tools) {
        button->setToolTip(text);
        button->setAccessibleName(text);
    }
    QPalette quiet = palette();
    quiet.setColor(QPalette::WindowText, Theme::instance().tokens().quiet);
    m_label->setPalette(quiet);
}

} // namespace frameglass::ui
