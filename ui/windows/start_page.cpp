// SPDX-License-Identifier: GPL-3.0-or-later
#include "start_page.h"

#include "ui/support/theme.h"
#include "ui/support/wrap_label.h"

#include <QDateTime>
#include <QEvent>
#include <QFileInfo>
#include <QGridLayout>
#include <QLabel>
#include <QLocale>
#include <QPushButton>

namespace frameglass::ui {

namespace {

QLabel *wrapped(QWidget *parent)
{
    auto *label = new WrapLabel(parent);
    label->setTextFormat(Qt::PlainText);
    return label;
}

} // namespace

StartPage::StartPage(QWidget *parent) : QScrollArea(parent), m_title(new QLabel(this)), m_lead(wrapped(this))
{
    auto *page = new QWidget(this);
    m_column = new QWidget(page);
    auto *layout = new QVBoxLayout(m_column);
    layout->setSpacing(3 * Theme::space);
    layout->addWidget(m_title);
    layout->addWidget(m_lead);
    layout->addSpacing(3 * Theme::space);
    m_echo = addExample(layout, "exampleEcho");
    m_broken = addExample(layout, "exampleBroken");
    m_open = addExample(layout, "exampleOpen");
    m_echo.button->setIcon(icon(Icon::Server));
    m_broken.button->setIcon(icon(Icon::Warning));
    m_open.button->setIcon(icon(Icon::Open));
    layout->addSpacing(3 * Theme::space);
    m_leftTitle = wrapped(m_column);
    layout->addWidget(m_leftTitle);
    m_leftRows = new QVBoxLayout;
    layout->addLayout(m_leftRows);

    auto *outer = new QGridLayout(page);
    outer->setContentsMargins(8 * Theme::space, 8 * Theme::space, 8 * Theme::space, 8 * Theme::space);
    outer->setColumnStretch(0, 1);
    outer->setColumnStretch(1, 100);
    outer->setColumnStretch(2, 1);
    outer->setRowStretch(0, 2);
    outer->addWidget(m_column, 1, 1);
    outer->setRowStretch(2, 3);
    setWidget(page);
    setWidgetResizable(true);
    setFrameShape(QFrame::NoFrame);
    setFocusPolicy(Qt::NoFocus);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);

    connect(m_echo.button, &QPushButton::clicked, this, &StartPage::echoRequested);
    connect(m_broken.button, &QPushButton::clicked, this, &StartPage::brokenRequested);
    connect(m_open.button, &QPushButton::clicked, this, &StartPage::openRequested);
    connect(&Theme::instance(), &Theme::changed, this, &StartPage::restyle);
    retranslate();
    restyle();
}

StartPage::Example StartPage::addExample(QVBoxLayout *layout, const char *name)
{
    auto *row = new QHBoxLayout;
    row->setSpacing(4 * Theme::space);
    Example example{new QPushButton(this), wrapped(this)};
    example.button->setObjectName(QLatin1String(name));
    row->addWidget(example.button);
    row->addWidget(example.text, 1);
    layout->addLayout(row);
    return example;
}

void StartPage::setLeftovers(const QStringList &paths)
{
    m_leftovers = paths;
    while (QLayoutItem *item = m_leftRows->takeAt(0)) {
        delete item->widget();
        delete item;
    }
    m_leftTitle->setVisible(!paths.isEmpty());
    constexpr int shown = 5;
    for (const QString &path : paths.mid(0, shown)) {
        auto *line = new QWidget(this);
        auto *row = new QHBoxLayout(line);
        row->setContentsMargins(0, 0, 0, 0);
        const QFileInfo info(path);
        const QString when = QLocale().toString(info.lastModified(), QLocale::ShortFormat);
        auto *label =
            new QLabel(tr("%1, %2", "date, size").arg(when, QLocale().formattedDataSize(info.size(), 1)), line);
        auto *open = new QPushButton(tr("Open"), line);
        auto *discard = new QPushButton(tr("Delete"), line);
        open->setObjectName(QStringLiteral("leftoverOpen"));
        discard->setObjectName(QStringLiteral("leftoverDelete"));
        open->setAccessibleName(tr("Open the capture of %1").arg(when));
        discard->setAccessibleName(tr("Delete the capture of %1").arg(when));
        row->addWidget(label, 1);
        row->addWidget(open);
        row->addWidget(discard);
        m_leftRows->addWidget(line);
        // Queued: the row is deleted while its button is still in the click.
        connect(
            open, &QPushButton::clicked, this, [this, path] { emit leftoverOpened(path); }, Qt::QueuedConnection);
        connect(
            discard, &QPushButton::clicked, this, [this, path, when] { emit leftoverDiscarded(path, when); },
            Qt::QueuedConnection);
    }
}

void StartPage::retranslate()
{
    m_title->setText(tr("What does this WebSocket really do?"));
    m_lead->setText(
        tr("Type an address such as wss://example.com/chat above and press Enter. Frameglass shows TLS, both "
           "heads of the handshake, every frame, the heartbeat and the close, and says what is wrong and why."));
    m_echo.button->setText(tr("Try the built-in echo server"));
    m_echo.text->setText(tr("Starts a server on this computer and connects to it. Send something below."));
    m_broken.button->setText(tr("See a refused connection"));
    m_broken.text->setText(tr("The same server, but with a rule that refuses this Origin: it answers 403."));
    m_open.button->setText(tr("Open a capture…"));
    m_open.text->setText(tr("A .fglass file. You can also drop it on this window (Ctrl+O)."));
    m_leftTitle->setText(tr("Frameglass ended without saving these captures:"));
    int width = 0;
    for (const Example &example : {m_echo, m_broken, m_open})
        width = std::max(width, example.button->sizeHint().width());
    for (const Example &example : {m_echo, m_broken, m_open}) {
        example.button->setMinimumWidth(width);
        example.button->setAccessibleDescription(example.text->text());
        example.button->setToolTip(example.text->text());
    }
    setLeftovers(m_leftovers);
}

void StartPage::restyle()
{
    QPalette ground = palette();
    ground.setColor(QPalette::Window, Theme::instance().tokens().surface);
    viewport()->setPalette(ground);
    viewport()->setAutoFillBackground(true);
    m_column->setMaximumWidth(fontMetrics().averageCharWidth() * 100);
    QFont large = font();
    large.setPointSizeF(large.pointSizeF() * 1.6);
    m_title->setFont(large);
    QPalette quiet = palette();
    quiet.setColor(QPalette::WindowText, Theme::instance().tokens().quiet);
    for (QLabel *label : {m_lead, m_echo.text, m_broken.text, m_open.text})
        label->setPalette(quiet);
}

void StartPage::changeEvent(QEvent *event)
{
    if (event->type() == QEvent::LanguageChange)
        retranslate();
    if (event->type() == QEvent::FontChange) {
        retranslate();
        restyle();
    }
    QWidget::changeEvent(event);
}

} // namespace frameglass::ui
