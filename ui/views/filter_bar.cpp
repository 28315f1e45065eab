// SPDX-License-Identifier: GPL-3.0-or-later
#include "filter_bar.h"

#include "notice_bar.h"

#include "core/diagnosis/wording_filter.h"
#include "ui/support/settings.h"
#include "ui/support/theme.h"

#include <QAbstractItemView>
#include <QCompleter>
#include <QGridLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QStringListModel>
#include <QToolButton>

namespace frameglass::ui {

namespace {
constexpr int historyLength = 20;
}

FilterBar::FilterBar(QWidget *parent)
    : QWidget(parent), m_line(new QLineEdit(this)), m_history(new QToolButton(this)), m_stop(new QToolButton(this)),
      m_status(new QLabel(this)), m_fault(new FaultLabel(this)), m_menu(new QMenu(this)),
      m_completer(new QCompleter(this)), m_words(new QStringListModel(this))
{
    m_line->setObjectName(QStringLiteral("timelineFilter"));
    m_line->setClearButtonEnabled(true);
    m_line->setMaxLength(int(analysis::Filter::longest));
    m_line->installEventFilter(this);
    m_history->setObjectName(QStringLiteral("timelineFilterHistory"));
    m_history->setPopupMode(QToolButton::InstantPopup);
    m_history->setMenu(m_menu);
    m_stop->setObjectName(QStringLiteral("timelineFilterStop"));
    m_stop->hide();
    m_status->setObjectName(QStringLiteral("timelineFilterStatus"));
    m_fault->setObjectName(QStringLiteral("timelineFilterFault"));
    for (QToolButton *button : {m_history, m_stop}) {
        button->setAutoRaise(true);
        button->setFocusPolicy(Qt::StrongFocus);
    }
    m_completer->setWidget(m_line);
    m_completer->setModel(m_words);
    m_completer->setCompletionMode(QCompleter::UnfilteredPopupCompletion);

    auto *layout = new QGridLayout(this);
    layout->setContentsMargins(2 * Theme::space, 0, 2 * Theme::space, Theme::space);
    layout->setHorizontalSpacing(2 * Theme::space);
    layout->setVerticalSpacing(0);
    layout->addWidget(m_line, 0, 0);
    layout->addWidget(m_history, 0, 1);
    layout->addWidget(m_status, 0, 2);
    layout->addWidget(m_stop, 0, 3);
    layout->addWidget(m_fault, 1, 0, 1, 4);
    layout->setColumnStretch(0, 1);

    connect(m_line, &QLineEdit::textEdited, this, &FilterBar::edited);
    connect(m_line, &QLineEdit::textChanged, this, [this](const QString &text) {
        if (text.isEmpty())
            entered(); // the button that clears it
    });
    connect(m_line, &QLineEdit::returnPressed, this, &FilterBar::entered);
    connect(m_completer, qOverload<const QString &>(&QCompleter::activated), this, &FilterBar::insertCompletion);
    connect(m_menu, &QMenu::aboutToShow, this, &FilterBar::fillMenu);
    connect(m_stop, &QToolButton::clicked, this, &FilterBar::stopRequested);
    retranslate();
    restyle();
}

void FilterBar::retranslate()
{
    m_line->setPlaceholderText(tr("Filter, for example websocket.opcode == ping"));
    m_line->setAccessibleName(tr("Filter of the timeline"));
    m_line->setToolTip(tr("Show only records that match (Ctrl+F). Down shows what may stand here, Enter applies it."));
    m_history->setAccessibleName(tr("Filters used before and saved ones"));
    m_history->setToolTip(m_history->accessibleName());
    m_stop->setText(tr("Stop"));
    m_stop->setToolTip(tr("Stop searching; what was found stays"));
    showFault(false);
}

void FilterBar::restyle()
{
    QPalette quiet = m_status->palette();
    quiet.setColor(QPalette::WindowText, Theme::instance().tokens().quiet);
    m_status->setPalette(quiet);
}

QString FilterBar::text() const
{
    return m_line->text();
}

void FilterBar::apply(const QString &text)
{
    m_line->setText(text);
    entered();
}

void FilterBar::setStatus(const QString &text)
{
    m_status->setText(text);
}

void FilterBar::setSearching(bool searching)
{
    m_stop->setVisible(searching);
}

// What is only not finished is no mistake while it is typed.
bool FilterBar::showFault(bool withUnfinished)
{
    const std::string text = m_line->text().toStdString();
    const auto parsed = analysis::Filter::parse(text);
    const auto *error = std::get_if<analysis::FilterError>(&parsed);
    const bool empty = m_line->text().trimmed().isEmpty();
    const bool unfinished = error && error->position + error->length >= text.size();
    m_fault->setFault(error && !empty && (withUnfinished || !unfinished) ? diagnosis::textOf(*error) : QString(),
                      m_line);
    return error && !empty;
}

void FilterBar::edited()
{
    showFault(false);
    complete();
}

void FilterBar::complete()
{
    const QString before = m_line->text().left(m_line->cursorPosition());
    const std::string text = m_line->text().toStdString();
    m_completions = analysis::Filter::completionsAt(text, before.toStdString().size());
    QStringList words;
    for (const std::string &word : m_completions.words)
        words += QString::fromStdString(word);
    m_words->setStringList(words);
    if (words.isEmpty()) {
        m_completer->popup()->hide();
        return;
    }
    m_completer->complete();
}

void FilterBar::insertCompletion(const QString &word)
{
    const std::string text = m_line->text().toStdString();
    const std::size_t end = std::min(m_completions.position + m_completions.length, text.size());
    const QString before = QString::fromStdString(text.substr(0, m_completions.position));
    const QString put = word.endsWith(u'"') ? word : word + u' ';
    m_line->setText(before + put + QString::fromStdString(text.substr(end)));
    m_line->setCursorPosition(int(before.size() + put.size()));
    showFault(false);
}

void FilterBar::entered()
{
    const QString text = m_line->text().trimmed();
    if (text.isEmpty()) {
        m_fault->setFault({}, m_line);
        if (!std::exchange(m_applied, {}).isEmpty())
            emit filterChosen(std::nullopt);
        return;
    }
    if (showFault(true))
        return;
    m_completer->popup()->hide();
    m_applied = text;
    Settings::instance().prepend(settings::filterHistory, text, historyLength);
    emit filterChosen(std::get<analysis::Filter>(analysis::Filter::parse(text.toStdString())));
}

void FilterBar::fillMenu()
{
    m_menu->clear();
    Settings &store = Settings::instance();
    const QString now = m_line->text().trimmed();
    const QStringList saved = store.value(settings::filtersSaved);
    const auto offer = [&](const QStringList &filters) {
        for (const QString &filter : filters) {
            QString shown = filter;
            m_menu->addAction(shown.replace(u'&', QStringLiteral("&&")), this, [this, filter] { apply(filter); });
        }
    };
    m_menu->addSection(tr("Saved"));
    offer(saved);
    const bool isOne =
        !now.isEmpty() && std::holds_alternative<analysis::Filter>(analysis::Filter::parse(now.toStdString()));
    if (saved.contains(now))
        m_menu->addAction(tr("Forget this filter"), this,
                          [now] { Settings::instance().remove(settings::filtersSaved, now); });
    else
        m_menu
            ->addAction(tr("Save this filter"), this,
                        [now] { Settings::instance().prepend(settings::filtersSaved, now, 100); })
            ->setEnabled(isOne);
    m_menu->addSection(tr("Used before"));
    offer(store.value(settings::filterHistory));
}

bool FilterBar::eventFilter(QObject *watched, QEvent *event)
{
    if (watched == m_line && event->type() == QEvent::KeyPress) {
        const auto *key = static_cast<QKeyEvent *>(event);
        if (key->key() == Qt::Key_Down && !m_completer->popup()->isVisible()) {
            complete();
            return true;
        }
        if (key->key() == Qt::Key_Escape && !m_completer->popup()->isVisible() && !m_line->text().isEmpty()) {
            m_line->clear();
            return true;
        }
    }
    return QWidget::eventFilter(watched, event);
}

} // namespace frameglass::ui
