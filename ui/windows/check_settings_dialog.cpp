// SPDX-License-Identifier: GPL-3.0-or-later
#include "check_settings_dialog.h"

#include "core/diagnosis/settings_table.h"
#include "ui/models/check_settings_model.h"
#include "ui/support/theme.h"

#include <nlohmann/json.hpp>

#include <QComboBox>
#include <QDialogButtonBox>
#include <QFile>
#include <QFileDialog>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QSaveFile>
#include <QSortFilterProxyModel>
#include <QStyledItemDelegate>
#include <QTableView>
#include <QVBoxLayout>

namespace frameglass::ui {

namespace {

/// Values that are one of some words are chosen, the others are typed.
class ValueDelegate : public QStyledItemDelegate
{
public:
    using QStyledItemDelegate::QStyledItemDelegate;

    QWidget *createEditor(QWidget *parent, const QStyleOptionViewItem &option, const QModelIndex &index) const override
    {
        const QStringList choices = index.data(CheckSettingsModel::ChoicesRole).toStringList();
        if (choices.isEmpty())
            return QStyledItemDelegate::createEditor(parent, option, index);
        auto *box = new QComboBox(parent);
        box->addItems(choices);
        return box;
    }
    void setEditorData(QWidget *editor, const QModelIndex &index) const override
    {
        if (auto *box = qobject_cast<QComboBox *>(editor))
            box->setCurrentText(index.data(Qt::EditRole).toString());
        else
            QStyledItemDelegate::setEditorData(editor, index);
    }
    void setModelData(QWidget *editor, QAbstractItemModel *model, const QModelIndex &index) const override
    {
        if (const auto *box = qobject_cast<QComboBox *>(editor))
            model->setData(index, box->currentText());
        else
            QStyledItemDelegate::setModelData(editor, model, index);
    }
};

} // namespace

CheckSettingsDialog::CheckSettingsDialog(const diagnosis::Settings &settings, QWidget *parent)
    : QDialog(parent), m_model(new CheckSettingsModel(settings, this)), m_search(new QLineEdit(this)),
      m_table(new QTableView(this)), m_message(new QLabel(this))
{
    setObjectName(QStringLiteral("checkSettings"));
    setAttribute(Qt::WA_DeleteOnClose);
    setWindowTitle(tr("Check settings"));
    m_search->setObjectName(QStringLiteral("checkSettingsSearch"));
    m_search->setPlaceholderText(tr("Search: heartbeat, deploy, warns…"));
    m_search->setClearButtonEnabled(true);
    m_search->setAccessibleName(tr("Search settings"));

    auto *shown = new QSortFilterProxyModel(this);
    shown->setSourceModel(m_model);
    shown->setFilterKeyColumn(-1);
    shown->setFilterCaseSensitivity(Qt::CaseInsensitive);
    connect(m_search, &QLineEdit::textChanged, shown, &QSortFilterProxyModel::setFilterFixedString);

    m_table->setObjectName(QStringLiteral("checkSettingsTable"));
    m_table->setAccessibleName(tr("Settings"));
    m_table->setModel(shown);
    m_table->setItemDelegate(new ValueDelegate(m_table));
    m_table->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_table->setEditTriggers(QAbstractItemView::DoubleClicked | QAbstractItemView::SelectedClicked |
                             QAbstractItemView::EditKeyPressed | QAbstractItemView::AnyKeyPressed);
    m_table->setShowGrid(false);
    m_table->verticalHeader()->hide();
    m_table->horizontalHeader()->setHighlightSections(false);
    m_table->horizontalHeader()->setSectionResizeMode(QHeaderView::ResizeToContents);
    m_table->horizontalHeader()->setSectionResizeMode(CheckSettingsModel::Title, QHeaderView::Stretch);

    auto *note =
        new QLabel(tr("They hold for this capture. Double-click a value to change it; times are written 500ms, "
                      "5s or 2min, shares 0.25 or 25%, moments 2026-11-27T12:30:00Z."),
                   this);
    note->setWordWrap(true);
    m_message->setObjectName(QStringLiteral("checkSettingsMessage"));
    m_message->setWordWrap(true);
    m_message->hide();
    connect(m_model, &CheckSettingsModel::refused, this, [this](const QString &reason) { tell(reason, true); });

    auto *buttons = new QDialogButtonBox(QDialogButtonBox::Ok | QDialogButtonBox::Cancel, this);
    buttons->button(QDialogButtonBox::Ok)->setText(tr("Judge with these"));
    buttons->button(QDialogButtonBox::Cancel)->setText(tr("Cancel"));
    auto *defaults = buttons->addButton(tr("Restore defaults"), QDialogButtonBox::ResetRole);
    defaults->setObjectName(QStringLiteral("checkSettingsDefaults"));
    connect(defaults, &QPushButton::clicked, this, &CheckSettingsDialog::restoreDefaults);
    connect(buttons->addButton(tr("Load…"), QDialogButtonBox::ActionRole), &QPushButton::clicked, this, [this] {
        const QString path = QFileDialog::getOpenFileName(this, tr("Load settings"), {}, tr("Settings (*.json)"));
        if (!path.isEmpty())
            load(path);
    });
    connect(buttons->addButton(tr("Save…"), QDialogButtonBox::ActionRole), &QPushButton::clicked, this, [this] {
        const QString path = QFileDialog::getSaveFileName(
            this, tr("Save settings"), QStringLiteral("frameglass-settings.json"), tr("Settings (*.json)"));
        if (!path.isEmpty())
            save(path);
    });
    connect(buttons, &QDialogButtonBox::accepted, this, &QDialog::accept);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    // Enter in the search or in an editor is not "go on".
    for (auto *button : buttons->buttons())
        if (auto *push = qobject_cast<QPushButton *>(button))
            push->setAutoDefault(false);

    auto *layout = new QVBoxLayout(this);
    layout->setSpacing(2 * Theme::space);
    layout->addWidget(note);
    layout->addWidget(m_search);
    layout->addWidget(m_table, 1);
    layout->addWidget(m_message);
    layout->addWidget(buttons);
    resize(960, 600);
    m_search->setFocus();
}

void CheckSettingsDialog::ask(std::function<void(const diagnosis::Settings &)> then)
{
    connect(this, &QDialog::accepted, parentWidget(), [this, then = std::move(then)] { then(m_model->settings()); });
    open();
}

void CheckSettingsDialog::tell(const QString &text, bool wrong)
{
    m_message->setText(text);
    m_message->setVisible(!text.isEmpty());
    QPalette palette = this->palette();
    if (wrong)
        palette.setColor(QPalette::WindowText, Theme::instance().tokens().fail);
    m_message->setPalette(palette);
}

void CheckSettingsDialog::restoreDefaults()
{
    m_model->setSettings({});
    tell({}, false);
}

bool CheckSettingsDialog::load(const QString &path)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly)) {
        tell(tr("%1 cannot be read: %2").arg(path, file.errorString()), true);
        return false;
    }
    constexpr qint64 most = 1 << 20;
    const QByteArray octets = file.read(most);
    diagnosis::Settings settings;
    if (const auto error =
            diagnosis::applySettings(settings, {octets.constData(), static_cast<std::size_t>(octets.size())})) {
        tell(tr("%1 cannot be used. %2").arg(path, error->message), true);
        return false;
    }
    m_model->setSettings(settings);
    tell({}, false);
    return true;
}

bool CheckSettingsDialog::save(const QString &path)
{
    QSaveFile file(path);
    const QByteArray octets = QByteArray::fromStdString(diagnosis::changedSettings(m_model->settings()).dump(2) + '\n');
    if (!file.open(QIODevice::WriteOnly) || file.write(octets) != octets.size() || !file.commit()) {
        tell(tr("%1 cannot be written: %2").arg(path, file.errorString()), true);
        return false;
    }
    tell(tr("Saved: the values that are not the defaults."), false);
    return true;
}

} // namespace frameglass::ui
