// SPDX-License-Identifier: GPL-3.0-or-later
#include "file_field.h"

#include "ui/support/settings.h"
#include "ui/support/theme.h"
#include "ui/views/notice_bar.h"

#include <QFileDialog>
#include <QFileInfo>
#include <QGridLayout>
#include <QLineEdit>
#include <QToolButton>

namespace frameglass::ui {

FileField::FileField(const QString &name, For purpose, QWidget *parent)
    : QWidget(parent), m_purpose(purpose), m_line(new QLineEdit(this)), m_browse(new QToolButton(this)),
      m_fault(new FaultLabel(this))
{
    m_line->setObjectName(name);
    m_browse->setObjectName(name + QStringLiteral("Browse"));
    m_fault->setObjectName(name + QStringLiteral("Fault"));
    m_line->setMinimumWidth(120);
    m_line->setClearButtonEnabled(true);
    m_browse->setIcon(icon(Icon::Open));
    m_browse->setAutoRaise(true);
    m_browse->setFocusPolicy(Qt::StrongFocus);
    setFocusProxy(m_line);
    auto *grid = new QGridLayout(this);
    grid->setContentsMargins(0, 0, 0, 0);
    grid->setSpacing(Theme::space);
    grid->addWidget(m_line, 0, 0);
    grid->addWidget(m_browse, 0, 1);
    grid->addWidget(m_fault, 1, 0, 1, 2);
    grid->setColumnStretch(0, 1);
    connect(m_line, &QLineEdit::textChanged, this, [this] {
        setFault({}); // it was about the file before
        emit changed();
    });
    connect(m_browse, &QToolButton::clicked, this, &FileField::browse);
}

QString FileField::path() const
{
    return m_line->text().trimmed();
}

void FileField::setPath(const QString &path)
{
    m_line->setText(path);
}

void FileField::setFault(const QString &text)
{
    m_fault->setFault(text, m_line);
}

bool FileField::hasFault() const
{
    return m_fault->hasFault();
}

void FileField::setTexts(const QString &title, const QString &placeholder, const QString &tip, const QString &filter)
{
    m_title = title;
    m_filter = filter;
    m_line->setAccessibleName(title);
    m_line->setPlaceholderText(placeholder);
    m_line->setToolTip(tip);
    m_browse->setToolTip(tr("Choose a file: %1").arg(title));
    m_browse->setAccessibleName(m_browse->toolTip());
}

void FileField::browse()
{
    auto *dialog = new QFileDialog(window(), m_title, QFileInfo(path()).absolutePath(), m_filter);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(m_purpose == For::Reading ? QFileDialog::ExistingFile : QFileDialog::AnyFile);
    if (m_purpose == For::Writing) {
        dialog->setAcceptMode(QFileDialog::AcceptSave);
        dialog->setOption(QFileDialog::DontConfirmOverwrite); // it is added to
    }
    connect(dialog, &QFileDialog::fileSelected, this, &FileField::setPath);
    dialog->open();
}

} // namespace frameglass::ui
