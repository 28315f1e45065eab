// SPDX-License-Identifier: GPL-3.0-or-later
#include "find_bar.h"

#include "ui/models/filter_search.h"
#include "ui/support/hex_text.h"
#include "ui/support/theme.h"

#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QLocale>
#include <QToolButton>

#include <algorithm>

namespace frameglass::ui {

namespace {

/// Of what is looked for: its filter has to stay within the filter language's limit.
constexpr std::size_t maximumWanted = 1300;

std::string filterFor(protocol::OctetView wanted)
{
    return "websocket.payload contains " + protocol::toHex(wanted);
}

/// Where the octets stand in the frame as sent, header included; nothing where they were compressed.
std::optional<std::size_t> offsetIn(const capture::Record &record, protocol::OctetView wanted)
{
    const auto *frame = capture::as<capture::FrameRecord>(record);
    if (frame == nullptr || frame->inflated)
        return {};
    const auto at = std::ranges::search(frame->payload, wanted).begin();
    if (at == frame->payload.end())
        return {};
    return frame->header.headerOctets() + static_cast<std::size_t>(at - frame->payload.begin());
}

} // namespace

FindBar::FindBar(Document *document, Selection *selection, QWidget *parent)
    : QWidget(parent), m_document(document), m_selection(selection), m_search(new FilterSearch(document, this)),
      m_line(new QLineEdit(this)), m_hex(new QToolButton(this)), m_previous(new QToolButton(this)),
      m_next(new QToolButton(this)), m_close(new QToolButton(this)), m_status(new QLabel(this))
{
    setObjectName(QStringLiteral("findBar"));
    m_line->setObjectName(QStringLiteral("findLine"));
    m_line->setClearButtonEnabled(true);
    m_line->installEventFilter(this);
    m_hex->setObjectName(QStringLiteral("findHex"));
    m_hex->setCheckable(true);
    m_previous->setObjectName(QStringLiteral("findPrevious"));
    m_next->setObjectName(QStringLiteral("findNext"));
    m_close->setObjectName(QStringLiteral("findClose"));
    m_status->setObjectName(QStringLiteral("findStatus"));
    for (auto *button : {m_hex, m_previous, m_next, m_close}) {
        button->setAutoRaise(true);
        button->setFocusPolicy(Qt::StrongFocus);
    }
    auto *layout = new QHBoxLayout(this);
    layout->setContentsMargins(2 * Theme::space, Theme::space, 2 * Theme::space, Theme::space);
    layout->addWidget(m_line, 1);
    layout->addWidget(m_hex);
    layout->addWidget(m_previous);
    layout->addWidget(m_next);
    layout->addWidget(m_status);
    layout->addWidget(m_close);

    connect(m_previous, &QToolButton::clicked, this, &FindBar::findPrevious);
    connect(m_next, &QToolButton::clicked, this, &FindBar::findNext);
    connect(m_close, &QToolButton::clicked, this, &FindBar::stop);
    connect(m_line, &QLineEdit::textEdited, this, [this] { m_status->clear(); });
    connect(m_hex, &QToolButton::toggled, this, [this] { m_status->clear(); });
    connect(m_search, &FilterSearch::found, this, [this](const std::vector<capture::RecordId> &records) {
        for (const capture::RecordId record : records)
            m_found.add(record);
        go();
    });
    connect(m_search, &FilterSearch::progressed, this, [this] { showStatus(); });
    connect(m_search, &FilterSearch::finished, this, [this](const QString &error) {
        m_error = error;
        go();
    });
    connect(selection, &Selection::recordChanged, this, [this] {
        if (!m_pending)
            showStatus();
    });
    const auto forget = [this] {
        m_search->stop();
        m_wanted.clear();
        m_pending.reset();
        m_status->clear();
    };
    connect(selection, &Selection::connectionChanged, this, forget);
    connect(document, &Document::captureReset, this, forget);
    hide();
    retranslate();
}

void FindBar::retranslate()
{
    m_line->setPlaceholderText(tr("Find in payloads"));
    m_line->setAccessibleName(tr("What to find in payloads"));
    m_hex->setText(tr("Hex"));
    m_hex->setToolTip(tr("What is typed are octets in hexadecimal"));
    m_previous->setText(tr("Previous"));
    m_previous->setToolTip(tr("The match before the selected row (Shift+F3)"));
    m_next->setText(tr("Next"));
    m_next->setToolTip(tr("The match after the selected row (F3)"));
    m_close->setText(QStringLiteral("✕"));
    m_close->setToolTip(tr("Close (Esc)"));
    m_close->setAccessibleName(tr("Close"));
    showStatus();
}

bool FindBar::isSearching() const
{
    return m_search->isSearching();
}

QString FindBar::status() const
{
    return m_status->text();
}

void FindBar::open()
{
    show();
    m_line->setFocus(Qt::ShortcutFocusReason);
    m_line->selectAll();
}

void FindBar::stop()
{
    m_search->stop();
    m_wanted.clear();
    m_pending.reset();
    m_status->clear();
    hide();
    emit closed();
}

void FindBar::findNext()
{
    find(Way::Next);
}

void FindBar::findPrevious()
{
    find(Way::Previous);
}

void FindBar::find(Way way)
{
    if (m_line->text().isEmpty())
        return open();
    show();
    m_pending = way;
    m_wrapped = false;
    if (!begin())
        return;
    go();
}

/// Looks for what the line says, unless it is being looked for already. False after telling what is wrong with it.
bool FindBar::begin()
{
    protocol::Octets wanted;
    if (m_hex->isChecked()) {
        const HexText hex = parseHex(m_line->text());
        if (!hex.valid() || hex.octets.empty()) {
            m_pending.reset();
            m_status->setText(hex.valid() ? tr("No octets") : faultText(hex));
            return false;
        }
        wanted = hex.octets;
    } else {
        wanted = protocol::octetsOf(m_line->text().toStdString());
    }
    if (wanted.size() > maximumWanted) {
        m_pending.reset();
        m_status->setText(tr("At most %1 octets can be looked for").arg(maximumWanted));
        return false;
    }
    if (wanted == m_wanted && m_connection == m_selection->connection())
        return true;
    const auto filter = analysis::Filter::parse(filterFor(wanted));
    if (!std::holds_alternative<analysis::Filter>(filter))
        return false;
    m_wanted = std::move(wanted);
    m_connection = m_selection->connection();
    m_found.clear();
    m_error.clear();
    m_search->start(std::get<analysis::Filter>(filter), m_connection);
    return true;
}

/// Answers what is pending, as soon as what was found allows it: matches come in ascending order, so a next one is
/// known when it comes, the one before only at the end.
void FindBar::go()
{
    if (m_pending && !m_found.empty()) {
        const capture::RecordId now = m_selection->record();
        const std::uint64_t upTo = m_found.rank(now);
        const std::uint64_t before = upTo - (m_found.contains(now) ? 1 : 0);
        std::optional<std::uint64_t> index;
        if (*m_pending == Way::Next && upTo < m_found.size())
            index = upTo;
        else if (*m_pending == Way::Previous && before > 0 && !isSearching())
            index = before - 1;
        else if (!isSearching())
            index = *m_pending == Way::Next ? 0 : m_found.size() - 1;
        if (index) {
            m_wrapped = *m_pending == Way::Next ? *index < upTo : *index >= before;
            m_pending.reset();
            select(m_found.at(*index));
        }
    } else if (m_pending && !isSearching()) {
        m_pending.reset();
    }
    showStatus();
}

void FindBar::select(capture::RecordId record)
{
    const auto whole = m_document->reader().record(record, capture::Payloads::Full);
    const auto offset = whole ? offsetIn(*whole, m_wanted) : std::nullopt;
    m_selection->setRecord(record, offset.value_or(0), offset ? m_wanted.size() : 0, true);
}

void FindBar::showStatus()
{
    if (m_wanted.empty())
        return;
    const QLocale locale;
    const QString all = locale.toString(static_cast<qulonglong>(m_found.size()));
    if (!m_error.isEmpty())
        return m_status->setText(m_error);
    if (m_found.empty())
        return m_status->setText(isSearching() ? tr("Searching…") : tr("Not found"));
    const capture::RecordId now = m_selection->record();
    const QString place = m_found.contains(now) ? locale.toString(static_cast<qulonglong>(m_found.rank(now))) : tr("–");
    const QString text = isSearching() ? tr("%1 of %2 so far").arg(place, all) : tr("%1 of %2").arg(place, all);
    m_status->setText(m_wrapped ? tr("%1, from the other end").arg(text) : text);
}

void FindBar::keyPressEvent(QKeyEvent *event)
{
    if (event->key() == Qt::Key_Escape)
        stop();
    else
        QWidget::keyPressEvent(event);
}

bool FindBar::eventFilter(QObject *watched, QEvent *event)
{
    if (watched == m_line && event->type() == QEvent::KeyPress) {
        const auto *key = static_cast<QKeyEvent *>(event);
        if (key->key() == Qt::Key_Return || key->key() == Qt::Key_Enter) {
            find(key->modifiers() & Qt::ShiftModifier ? Way::Previous : Way::Next);
            return true;
        }
    }
    return QWidget::eventFilter(watched, event);
}

} // namespace frameglass::ui
